"""Backup files as people make and open them, and opened by a reader of the tests' own."""

import base64
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

WORDS = "trâu trắng núi xanh"
#: A second reader of the format of client/js/backup.js, written from its description.
OPEN = """async ([text, words]) => {
  const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0)), end = bytes.indexOf(10);
  const raw = t => Uint8Array.from(atob(t), c => c.charCodeAt(0));
  const head = JSON.parse(new TextDecoder().decode(bytes.slice(0, end)));
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(words), "PBKDF2", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey({name: "PBKDF2", hash: "SHA-256", salt: raw(head.kdf.salt),
    iterations: head.kdf.iterations}, typed, {name: "AES-GCM", length: 256}, false, ["decrypt"]);
  const inside = await crypto.subtle.decrypt({name: "AES-GCM", iv: raw(head.iv), additionalData: bytes.slice(0, end)},
    key, bytes.slice(end + 1));
  return JSON.parse(new TextDecoder().decode(inside));
}"""


def make_backup(page: Page, folder: Path, words: str = WORDS) -> Path:
    """Fill in the words twice and take the file."""
    page.locator("#backup-words").fill(words)
    page.locator("#backup-again").fill(words)
    with page.expect_download() as caught:
        page.locator("[data-action=backup-make]").click()
    file = folder / "backup.motcua"
    caught.value.save_as(file)
    expect(page.locator("form.backup").first).to_contain_text("Đã tải bản dự phòng")
    return file


def opened(page: Page, file: Path, words: str = WORDS) -> dict[str, Any]:
    """Read what is inside a file."""
    return dict(page.evaluate(OPEN, [base64.b64encode(file.read_bytes()).decode(), words]))


def take_in(page: Page, file: Path, says: str, words: str = WORDS) -> None:
    """Open a file in the settings and wait for what the page says of it."""
    page.locator("#backup-file").set_input_files(file)
    page.locator("#backup-open").fill(words)
    page.locator("[data-action=backup-read]").click()
    expect(page.locator("form.backup").last).to_contain_text(says)
