"""What the demo begins with: applications that the engine takes, with drawn papers, the same road as everybody's."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from server.cli import transaction
from server.demo import seed
from server.demo_dossiers import UNIT, applications, fill
from server.demo_sheets import sheet, write
from server.services.desk import SqliteDeskStore
from server.store.database import migrate
from server.store.people import actor_of, find_user
from server.store.store import Store, now_ms


async def shown(data: Path) -> dict[str, Any]:
    """Return what the officer's desk has: counts of its lists, and each dossier's files by media and status."""
    store = Store(data)
    try:
        found = find_user(store.conn, f"officer-{UNIT}")
        assert found is not None
        desk = SqliteDeskStore(store, actor_of(store.conn, found.id, now_ms()))
        rows = (await desk.listed("all", None)).rows
        dossiers = [await desk.dossier(row.id) for row in rows]
        files = [(file.media, file.status) for each in dossiers if each for file in each.attachments]
        return {"counts": await desk.counts(), "files": sorted(files)}
    finally:
        store.close()


def test_the_demo_begins_with_papers_that_are_whole_and_one_on_its_way(tmp_path: Path) -> None:
    data = tmp_path / "data"
    migrate(data)
    with transaction(data) as conn:
        seed(conn, now_ms())
    assert asyncio.run(fill(data)) == len(applications())
    assert asyncio.run(fill(data)) == 0, "what is there stays as it is"
    found = asyncio.run(shown(data))
    assert found["files"] == [
        ("application/pdf", "verified"), ("image/jpeg", "arriving"),
        ("image/jpeg", "verified"), ("image/jpeg", "verified"),
    ]  # fmt: skip
    assert (found["counts"]["all"], found["counts"]["files"], found["counts"]["held"]) == (2, 1, 0)


@pytest.mark.parametrize("pair", ["aă", "aâ", "eê", "oô", "oơ", "uư", "dđ", "aá", "aà", "aả", "aã", "aạ", "âẫ", "ơợ"])
def test_a_sheet_tells_letters_apart_by_their_marks(pair: str) -> None:
    from PIL import Image, ImageDraw  # noqa: PLC0415

    drawn = []
    for letter in pair:
        picture = Image.new("L", (80, 80), 255)
        write(ImageDraw.Draw(picture), (20, 20), letter, 40, 0)  # type: ignore[arg-type]
        drawn.append(picture.tobytes())
    assert drawn[0] != drawn[1]


def test_a_sheet_is_marked_as_a_sample() -> None:
    colours = sheet("Giấy", []).getcolors(1_000_000)
    assert colours is not None
    red = sum(count for count, (red, green, blue) in colours if red > 200 and green < 190 and blue < 190)
    assert red > 20_000
