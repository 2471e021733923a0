"""What is let go of, and what is not: files that nothing names, and files without a row."""

import os
import time
from pathlib import Path
from typing import Any

from server.settings import DAY_MS
from server.store.store import now_ms
from server.uploads import sweep
from server.uploads.sweep import STRAY_DAYS, forget_strays
from tests.integration.rights import Asked, World, run
from tests.integration.tus import TUS, digest, picture

WITHOUT_ROW = picture(901, (40, 50))


def blob(made: World, name: str) -> Path:
    return next(iter((made.store.data / "files" / "blobs").rglob(name)), made.store.data / "none")


def uploads(made: World) -> Any:
    return made.litestar.state.uploads


def age(path: Path, days: int) -> None:
    then = time.time() - days * 86_400
    os.utime(path, (then, then))


async def ended(made: World, place: str) -> None:
    answer = await made.ask("owner", Asked("DELETE", place, headers=TUS))
    assert answer.status_code == 204


def test_an_upload_that_was_ended_leaves_no_bytes_behind_its_quota(tmp_path: Path) -> None:
    content = picture(902, (40, 50))

    async def look(made: World) -> None:
        place = await made.upload(content)
        assert blob(made, digest(content)).exists()
        await ended(made, place)
        await sweep.sweep(uploads(made))
        assert not blob(made, digest(content)).exists()

    run(tmp_path, look)


def test_a_file_that_a_dossier_names_outlives_its_upload(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        name = await made.file("1")
        place = made.store.conn.execute(
            "SELECT lower(hex(id)) FROM upload WHERE sha256 = ?", (bytes.fromhex(name),)
        ).fetchone()[0]
        at = f"{place[:8]}-{place[8:12]}-{place[12:16]}-{place[16:20]}-{place[20:]}"
        await ended(made, f"/files/{at}")
        await sweep.sweep(uploads(made))
        assert blob(made, name).exists()

    run(tmp_path, look)


def test_a_file_without_a_row_stays_for_as_long_as_a_phone_may_bring_the_row_back(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        place = await made.upload(WITHOUT_ROW)
        name = digest(WITHOUT_ROW)
        await made.store.write(lambda conn, _: conn.execute("DELETE FROM file"))  # as a restore would leave it
        await made.store.write(lambda conn, _: conn.execute("DELETE FROM upload"))
        assert place
        age(blob(made, name), STRAY_DAYS - 1)
        await forget_strays(uploads(made))
        assert blob(made, name).exists()
        age(blob(made, name), STRAY_DAYS + 1)
        await forget_strays(uploads(made))
        assert not blob(made, name).exists()

    run(tmp_path, look)


def test_a_file_with_a_row_is_no_stray_however_old(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        name = await made.file("1")
        age(blob(made, name), 10 * STRAY_DAYS)
        await forget_strays(uploads(made))
        assert blob(made, name).exists()
        assert uploads(made).blobs.kept_ms(name) < now_ms() - STRAY_DAYS * DAY_MS

    run(tmp_path, look)
