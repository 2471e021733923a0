"""The pages of figures: what an officer chooses and opens, what the province sees, what the public does not."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from html import unescape
from pathlib import Path

import pytest

from tests.integration.caller import create, new_id, patch, submit
from tests.integration.rights import BEHALF, VALUES, Asked, World, world

NUMBERS = "/desk/so-lieu"


def run(tmp_path: Path, look: Callable[[World], Awaitable[None]]) -> None:
    async def inside() -> None:
        async with world(tmp_path) as made:
            await look(made)

    asyncio.run(inside())


async def page(made: World, role: str, path: str) -> str:
    answer = await made.ask(role, Asked("GET", path, headers={"Accept": "text/html"}))
    assert answer.status_code == 200, (path, answer.text)
    return unescape(answer.text)


def row(shown: str, name: str) -> list[str]:
    """Return the cells of a row of a table."""
    found = re.search(rf"<th scope=\"row\">{name}</th>(.*?)</tr>", shown, re.DOTALL)
    assert found, (name, shown)
    cells = re.findall(r"<td>(.*?)</td>", found[1], re.DOTALL)
    return [re.sub(r"<.*?>", "", cell).strip() for cell in cells]


async def filed(made: World, channel: str = "online", unit: str = "06154", procedure: str | None = None) -> str:
    dossier = new_id()
    more = {} if channel == "online" else {"on_behalf": BEHALF}
    begin = create(dossier, channel=channel, unit=unit, **more)
    write = patch(dossier, VALUES)
    role = "owner" if channel == "online" else "officer"
    results = await made.push(role, begin, write, submit(dossier, begin, write))
    assert [each["outcome"] for each in results] == ["applied"] * 3, results
    return dossier


def test_an_officer_chooses_by_field_channel_level_and_quarter(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        for channel in ("online", "online", "counter"):
            await filed(made, channel)
        every = await page(made, "officer", NUMBERS)
        quarter = re.search(r'\?ky=(\d{4}-Q\d)"[^>]*>(Quý \d/\d{4})', every)
        assert quarter
        assert row(every, "Xã Văn Lãng")[:2] == ["3", "2"]
        shown = await page(made, "officer", f"{NUMBERS}?ky={quarter[1]}&kenh=counter&lv=Hộ tịch&muc=online")
        assert row(shown, "Xã Văn Lãng")[:2] == ["1", "0"]
        assert '<option value="counter" selected>Tại quầy' in shown
        link = re.search(r'href="(/desk/so-lieu/ho-so\?so=new[^"]+)">1<', shown)
        assert link
        assert len(re.findall('href="/desk/d/', await page(made, "officer", link[1]))) == 1
        for nothing in ("lv=Đất đai", "lv=none", "muc=none", "ky=2019-Q1"):
            assert "Xã Văn Lãng</th>" not in await page(made, "officer", f"{NUMBERS}?{nothing}")
        wrong = await made.ask("officer", Asked("GET", f"{NUMBERS}?ky=2026-Q5"))
        assert wrong.status_code == 404

    run(tmp_path, look)


def test_a_long_list_goes_on_to_its_end_and_names_each_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.services.figures.OPENED_MAX", 2)

    async def look(made: World) -> None:
        sent = {await filed(made) for _ in range(5)}
        path, seen, pages = f"{NUMBERS}/ho-so?so=new&la=06154&kenh=online", list[str](), 0
        while path:
            shown = await page(made, "officer", path)
            seen += re.findall(r'href="/desk/d/([^"]+)"', shown)
            onward = re.search(r'href="(/desk/so-lieu/ho-so\?[^"]+&tu=[^"]+)"', shown)
            path, pages = (onward[1] if onward else ""), pages + 1
        assert (pages, len(seen), set(seen)) == (3, 5, sent)
        assert len(re.findall("/desk/d/", await page(made, "officer", f"{NUMBERS}/ho-so?so=new&tu=x.y"))) == 2

    run(tmp_path, look)


def test_who_administers_the_province_sees_all_units_and_opens_no_dossier(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        await filed(made)
        await filed(made, unit="06151")
        shown = await page(made, "admin", NUMBERS)
        assert row(shown, "Xã Văn Lãng")[0] == row(shown, "Xã Hội Hoan")[0] == "1"
        assert "/desk/so-lieu/ho-so" not in shown
        assert 'href="/desk"' not in shown
        assert "/desk/d/" not in await page(made, "admin", f"{NUMBERS}/ho-so?so=new&la=06154")
        assert "Xã Hội Hoan</th>" not in await page(made, "officer", NUMBERS)
        assert 'href="/desk/so-lieu"' in await page(made, "admin", "/desk/lich")

    run(tmp_path, look)


def test_the_public_page_is_made_of_months_and_hides_what_would_tell_the_small(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        for _ in range(6):
            await filed(made)
        for _ in range(5):
            await filed(made, unit="05977")
        await filed(made, unit="06151")
        shown = await page(made, "nobody", "/so-lieu")
        assert row(shown, "Xã Văn Lãng")[0] == "6"
        assert row(shown, "Phường Đông Kinh")[0] == "không hiện", "the least of the others goes with it"
        assert row(shown, "Xã Hội Hoan")[0] == "không hiện"
        assert row(shown, "Hộ tịch") == ["12", "0"]
        assert row(shown, "Nộp được qua mạng") == ["12", "0"]
        total = re.search(r"<dt>Nộp qua mạng</dt><dd>(.*?)</dd>", shown)
        assert total
        assert total[1] == "–", "what half of them show is not the share of all"
        this = re.search(r"\?ky=(\d{4}-Q\d)", shown)
        assert this
        quarter = await page(made, "nobody", f"/so-lieu?ky={this[1]}")
        assert row(quarter, "Xã Văn Lãng") == row(shown, "Xã Văn Lãng")
        english = await page(made, "nobody", f"/so-lieu?ky={this[1]}&lang=en")
        assert '<html lang="en">' in english
        assert "not shown" in row(english, "Xã Hội Hoan")[0]
        assert re.search(r"Quarter \d/\d{4}", english)
        assert "&lang=en" in english
        assert "không hiện" not in english
        wrong = await made.ask("nobody", Asked("GET", "/so-lieu?ky=2026-13"))
        assert wrong.status_code == 404

    run(tmp_path, look)
