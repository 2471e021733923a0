"""A form gets a new version, or is withdrawn, while people have drafts of the old one."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e import ROOT
from e2e.engines import Engine
from e2e.forms import TWICE, first_version, form_page, put_out, second_version
from e2e.office import UNIT, Office, values_of
from e2e.pages import FormPages, status_page
from e2e.phone import Phone
from e2e.photographs import Slot, photo, whole
from e2e.proxy import FaultProxy, Weather, canned
from e2e.seeds import Seed, Seeds
from e2e.test_pages import go, look
from server.cli import transaction

FAX = "0205 381 234"
KEPT_FORMS = """async () => { const db = await new Promise((done, fail) => { const asked = indexedDB.open("motcua");
  asked.onsuccess = () => done(asked.result); asked.onerror = () => fail(asked.error); });
  return new Promise((done) => { const asked = db.transaction("forms").objectStore("forms").getAllKeys();
    asked.onsuccess = () => { db.close(); done(asked.result.filter((key) => key.startsWith("9."))); }; }); }"""

#: A phone of another age: each op carries a key that this system does not know. The page sends, and nobody else.
ANOTHER_AGE = """(() => { delete ServiceWorkerRegistration.prototype.sync; const real = window.fetch;
  window.fetch = async (url, init) => {
    if (!sessionStorage.getItem("old") || !String(url).endsWith("/sync/v1") || !init?.body) return real(url, init);
    const packed = init.headers["content-encoding"] === "gzip";
    const plain = packed ? new Blob([init.body]).stream().pipeThrough(new DecompressionStream("gzip")) : init.body;
    const said = JSON.parse(await new Response(plain).text());
    for (const op of said.ops ?? []) op.from_yesterday = 1;
    const { "content-encoding": _, ...headers } = init.headers;
    return real(url, { ...init, headers, body: JSON.stringify(said) });
  }; })();"""
DROP_FORM = """id => new Promise(done => { const asked = indexedDB.open("motcua"); asked.onsuccess = () => {
  asked.result.transaction("forms", "readwrite").objectStore("forms").delete(id).onsuccess = done; }; })
  .then(() => caches.keys()).then(names => Promise.all(names.map(name => caches.delete(name))))"""


def publish(office: Office, form: dict[str, object], folder: Path) -> None:
    """Publish a version beside the running server, as the province's IT person does."""
    file = folder / f"{form['procedure']}@{form['version']}.json"
    file.write_text(json.dumps(form, ensure_ascii=False))
    command = [sys.executable, "-m", "server.cli", "form", "import", str(file), "--data", str(office.data)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def begin(page: Page, office: Office) -> None:
    """Publish version 1 and answer all of it."""
    put_out(office, first_version())
    go(page, form_page(TWICE))
    fill(page)


@pytest.fixture
def seed(seeds: Seeds, engine: Engine) -> Seed:
    """The citizen has a draft of version 1 from an earlier day."""
    return seeds.after("draft-of-version-1", engine, begin)


@pytest.fixture
def draft(citizen: Phone) -> Page:
    """That draft, at its home."""
    go(citizen.page, form_page(TWICE))
    return citizen.page


def fill(page: Page) -> None:
    """Answer version 1."""
    visit(page, "applicant")
    box(page, "applicant.name").fill("Nông Văn Sìu")
    box(page, "applicant.fax").fill(FAX)
    page.locator(f'label:has([name="applicant.home:commune"][value="{UNIT}"])').click()
    page.locator("[data-action=continue]").click()
    box(page, "matter.text").fill("Xin xác nhận đã ở thôn Kéo Vặn.")
    FormPages(page).saved()
    home(page)


def visit(page: Page, section: str) -> None:
    """Open a section from the draft's home."""
    page.locator(f"a[data-section={section}]").first.click()
    expect(page.locator("h1")).to_be_focused()


def home(page: Page) -> None:
    """Go back to the draft's home."""
    page.locator(".back").click()
    expect(page.locator("[data-action=review]").first).to_be_visible()


def again(page: Page) -> None:
    """Open the draft anew, and wait until it has heard which versions there are: what is said of them moves no more."""
    page.reload()
    expect(page.locator("html[data-settled]")).to_be_attached()


def box(page: Page, path: str) -> Locator:
    """Find the input of a path."""
    return page.locator(f'[name="{path}"]')


def send(page: Page) -> str:
    """Send, and return the dossier's id."""
    form = FormPages(page)
    form.review()
    form.submit()
    return page.url.split("d=")[1]


def test_a_draft_of_the_old_version_is_told_of_the_new_one_and_still_goes(
    draft: Page, office: Office, tmp_path: Path
) -> None:
    publish(office, second_version(effective_from="2026-11-01"), tmp_path)
    again(draft)
    line = draft.locator("#news")
    expect(line).to_contain_text("Mẫu tờ khai có bản mới từ 01/11/2026. Bản đang làm vẫn gửi được.")
    expect(draft.locator("dialog, [role=dialog], [role=alertdialog]")).to_have_count(0)
    assert look(draft, "form-newer") == []
    line.locator("[data-action=stay]").click()
    expect(line).not_to_contain_text("bản mới")
    FormPages(draft).saved()
    again(draft)
    expect(line).not_to_contain_text("bản mới")
    visit(draft, "applicant")
    expect(box(draft, "applicant.fax")).to_have_value(FAX)
    home(draft)
    send(draft)
    expect(FormPages(draft).state_line()).to_have_attribute("data-state", "received")
    (dossier,) = office.dossiers()
    assert (dossier["form"], values_of(dossier)["applicant.fax"]) == (f"{TWICE}@1", FAX)


@pytest.mark.long
def test_news_of_a_version_never_moves_what_is_being_written(draft: Page, office: Office, tmp_path: Path) -> None:
    visit(draft, "matter")
    area = box(draft, "matter.text")
    area.press("End")
    publish(office, second_version(), tmp_path)
    with draft.expect_response(f"**/forms/{TWICE}") as asked:
        draft.clock.install()
        draft.clock.fast_forward(120_000)
        draft.evaluate("dispatchEvent(new Event('online'))")
    assert asked.value.ok
    area.press_sequentially(" Thêm.")
    expect(area).to_be_focused()
    expect(area).to_have_value("Xin xác nhận đã ở thôn Kéo Vặn. Thêm.")
    expect(draft.locator("#news")).to_have_count(0)
    home(draft)
    expect(draft.locator("#news")).to_contain_text("Mẫu tờ khai có bản mới")


@pytest.mark.long
def test_moving_shows_what_goes_where_and_loses_nothing(draft: Page, office: Office, proxy: FaultProxy) -> None:
    draft.locator("a[data-slot=card]").click()
    paper = Slot(draft, "card")
    paper.ready()
    paper.pick(photo(1))
    paper.hold(1)
    home(draft)
    put_out(office, second_version())
    again(draft)
    expect(draft.locator("[data-action=see-moves]")).to_be_visible()
    proxy.set(Weather(refuse=True))  # from here on the phone has all it needs
    draft.locator("[data-action=see-moves]").click()
    main = draft.locator("main")
    expect(main).to_contain_text('"Họ và tên" sang "Họ, chữ đệm, tên"')
    expect(main.locator(".panel")).to_contain_text(FAX)
    expect(main).to_contain_text("Thẻ căn cước: 1 trang. Mẫu này không hỏi giấy này.")
    expect(main).to_contain_text("Câu mới")
    expect(main).to_contain_text("Số điện thoại")
    assert look(draft, "moves") == []
    draft.locator("[data-action=move]").click()
    expect(draft.locator("[data-action=move-back]")).to_be_visible()
    assert look(draft, "moved") == []
    proxy.clear()
    again(draft)
    expect(draft.locator("#news")).to_contain_text(FAX)
    apart = draft.locator("[data-apart] li[data-sha256]")
    expect(apart).to_contain_text("Thẻ căn cước")
    apart.locator("[data-action=move-page]").click()
    expect(draft.locator("a[data-slot=deed]")).to_contain_text("1 trang")
    visit(draft, "applicant")
    expect(box(draft, "applicant.full_name")).to_have_value("Nông Văn Sìu")
    box(draft, "applicant.phone").fill("0987654321")
    FormPages(draft).saved()
    home(draft)
    send(draft)
    whole(FormPages(draft))
    (dossier,) = office.dossiers()
    assert dossier["form"] == f"{TWICE}@2"
    assert [each["slot"] for each in dossier["attachments"]] == ["deed"]
    assert values_of(dossier)["applicant.full_name"] == "Nông Văn Sìu"


@pytest.mark.long
def test_a_move_can_be_taken_back_with_what_was_written_since(draft: Page, office: Office, tmp_path: Path) -> None:
    publish(office, second_version(), tmp_path)
    again(draft)
    draft.locator("[data-action=see-moves]").click()
    draft.locator("[data-action=move]").click()
    visit(draft, "applicant")
    box(draft, "applicant.phone").fill("0912000111")
    FormPages(draft).saved()
    home(draft)
    draft.locator("[data-action=move-back]").click()
    expect(draft.locator("#news")).to_contain_text("0912000111")
    again(draft)
    expect(draft.locator("#news")).to_contain_text("0912000111")
    visit(draft, "applicant")
    expect(box(draft, "applicant.name")).to_have_value("Nông Văn Sìu")
    expect(box(draft, "applicant.fax")).to_have_value(FAX)


@pytest.mark.long
def test_a_withdrawn_form_keeps_its_drafts_and_says_so(draft: Page, office: Office, tmp_path: Path) -> None:
    publish(office, second_version(effective_from="2026-01-01", effective_to="2026-06-30"), tmp_path)
    again(draft)
    expect(draft.locator("#news")).to_contain_text("Thủ tục này ngừng nhận từ")
    expect(draft.locator("[data-action=see-moves]")).to_have_count(0)
    assert look(draft, "form-closed") == []
    dossier = send(draft)
    form = FormPages(draft)
    expect(form.state_line()).to_have_attribute("data-state", "refused")
    expect(form.state_line()).to_contain_text("thủ tục này đã ngừng nhận", ignore_case=True)
    assert office.dossiers() == []
    go(draft, f"{form_page(TWICE)}?d={dossier}")
    visit(draft, "matter")
    expect(box(draft, "matter.text")).to_have_value("Xin xác nhận đã ở thôn Kéo Vặn.")


@pytest.mark.long
def test_a_form_newer_than_the_system_waits_at_the_office_and_is_released(
    draft: Page, office: Office, tmp_path: Path
) -> None:
    publish(office, second_version(), tmp_path)
    again(draft)
    draft.locator("[data-action=see-moves]").click()
    draft.locator("[data-action=move]").click()
    visit(draft, "applicant")
    box(draft, "applicant.phone").fill("0987654321")
    FormPages(draft).saved()
    home(draft)
    with transaction(office.data) as conn:  # an older system, restored without the newest form
        conn.execute("DELETE FROM form WHERE procedure = ? AND version = 2", (TWICE,))
        conn.execute("UPDATE tip SET catalogue = catalogue + 1")
    dossier = send(draft)
    form = FormPages(draft)
    expect(form.state_line()).to_have_attribute("data-state", "held")
    expect(form.state_line()).to_contain_text("Mẫu tờ khai này mới hơn hệ thống")
    assert look(draft, "held-form-unknown") == []
    publish(office, second_version(), tmp_path)
    form.ask_news()
    expect(form.state_line()).to_have_attribute("data-state", "received")
    assert [each["id"] for each in office.dossiers()] == [dossier]


@pytest.mark.long
def test_a_system_that_no_longer_reads_this_phone_says_so_and_nothing_is_lost(draft: Page) -> None:
    draft.add_init_script(ANOTHER_AGE)
    draft.evaluate("sessionStorage.setItem('old', '1')")
    again(draft)
    dossier = send(draft)
    form = FormPages(draft)
    expect(form.state_line()).to_have_attribute("data-state", "refused")
    expect(form.state_line()).to_contain_text("ứng dụng trên máy và hệ thống khác bản nhau")
    draft.evaluate("sessionStorage.removeItem('old')")
    go(draft, f"{form_page(TWICE)}?d={dossier}")
    send(draft)
    expect(form.state_line()).to_have_attribute("data-state", "received")


def test_a_version_too_old_to_send_keeps_everything_and_says_so(draft: Page, proxy: FaultProxy, office: Office) -> None:
    problem = json.dumps({"type": "urn:motcua:problem:client-too-old", "title": "client-too-old", "status": 426})
    old = canned(426, problem, media="application/problem+json")
    proxy.set(Weather(only=("POST", "/sync/v1"), answer=old))
    dossier = send(draft)
    line = draft.locator(f'[data-dossier="{dossier}"]')
    expect(line).to_have_attribute("data-state", "waiting")
    expect(line).to_contain_text("Cần cập nhật rồi mới gửi được. 1 hồ sơ đang chờ vẫn còn nguyên.")
    assert office.dossiers() == []
    go(draft, status_page(dossier))
    expect(draft.locator("main")).to_contain_text("Nông Văn Sìu")


@pytest.mark.long
def test_documents_stay_while_a_draft_needs_them(citizen: Phone, office: Office, tmp_path: Path) -> None:
    page = citizen.page
    publish(office, second_version(), tmp_path)
    go(page, f"{form_page(TWICE)}?d=new")
    expect(page.locator("html[data-settled]")).to_be_attached()
    assert page.evaluate(KEPT_FORMS) == [f"{TWICE}@1", f"{TWICE}@2"]
    go(page, form_page(TWICE))
    expect(page.locator("[data-action=see-moves]")).to_be_visible()
    page.locator("[data-action=see-moves]").click()
    page.locator("[data-action=move]").click()
    visit(page, "applicant")
    box(page, "applicant.phone").fill("0987654321")
    home(page)
    send(page)
    go(page, form_page(TWICE))
    expect(page.locator("html[data-settled]")).to_be_attached()
    assert page.evaluate(KEPT_FORMS) == [f"{TWICE}@2"]


@pytest.mark.long
def test_a_draft_whose_form_is_not_on_the_phone_waits_for_a_network(
    draft: Page, office: Office, proxy: FaultProxy
) -> None:
    put_out(office, second_version())
    draft.evaluate(DROP_FORM, f"{TWICE}@1")
    proxy.set(Weather(only=("GET", f"/forms/{TWICE}@1"), lose_answer=True))
    go(draft, form_page(TWICE))
    expect(draft.locator("h1")).to_have_text("Chưa có mẫu tờ khai của bản này")
    assert look(draft, "form-missing") == []
    proxy.clear()
    draft.locator("[data-action=retry]").click()
    visit(draft, "applicant")
    expect(box(draft, "applicant.fax")).to_have_value(FAX)
