"""Work for a unit that was dissolved: it reaches the one that came after, or waits for a head who chooses."""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable
from html import unescape
from pathlib import Path
from typing import Any

from schemas.ids import id_from
from server.store.people import give_role
from server.store.store import now_ms
from tests.integration.caller import create, new_id, op, patch, submit
from tests.integration.rights import BEHALF, VALUES, Asked, World, world

#: Bính Xá of before July 2025, whose area was divided; its code is nobody's now.
SPLIT, PARTS = "06622-2025", ("06613", "06625")
#: Hội Hoan is dissolved in these tests, and all of it goes to Văn Lãng.
ENDED, AFTER = "06151", "06154"
MAY_2025 = 1_746_000_000_000
PAGE = "/desk/don-vi-cu"


def run(tmp_path: Path, look: Callable[[World], Awaitable[None]]) -> None:
    async def inside() -> None:
        async with world(tmp_path) as made:
            await look(made)

    asyncio.run(inside())


async def makes_head(made: World, role: str, unit: str) -> None:
    person = made.person(role)
    await made.store.write(lambda conn, _: give_role(conn, person, unit, "head", now_ms() - 1))


async def dissolve(made: World) -> None:
    def change(conn: Any, _: Any) -> None:
        conn.execute("UPDATE unit SET valid_to = '2026-01-31' WHERE id = ?", (ENDED,))
        conn.execute("INSERT INTO succession VALUES (?, ?)", (ENDED, AFTER))
        conn.execute("UPDATE tip SET catalogue = catalogue + 1")

    await made.store.write(change)


async def sent(made: World, unit: str, dossier: str | None = None) -> tuple[str, list[dict[str, Any]]]:
    dossier = dossier or new_id()
    begin, write = create(dossier, unit=unit), patch(dossier, VALUES)
    return dossier, await made.push("owner", begin, write, submit(dossier, begin, write))


async def seen(made: World, role: str, dossier: str) -> dict[str, Any] | None:
    found = (await made.ask(role, Asked("POST", "/sync/v1", json={"v": 1, "cursor": "", "limit": 500}))).json()
    return next((each for each in found["dossiers"] if each["id"] == dossier), None)


async def page(made: World, role: str, path: str = PAGE) -> str:
    answer = await made.ask(role, Asked("GET", path, headers={"Accept": "text/html"}))
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


async def moved(made: World, role: str, reason: str, **to: str) -> str:
    """Choose on the page and press; return where that leads."""
    shown, form = await page(made, role), {"reason": reason}
    for dossier, unit in to.items():
        key = dossier.replace("_", "-")
        at = re.search(rf'name="at:{key}" value="([^"]+)"', shown)
        form |= {f"at:{key}": at[1] if at else "1.1", f"to:{key}": unit}
    answer = await made.ask(role, Asked("POST", PAGE, form=form))
    assert answer.status_code == 303
    return str(answer.headers["location"])


def key(dossier: str) -> str:
    return dossier.replace("-", "_")


async def step(made: World, role: str, dossier: str, name: str, state: str, **args: Any) -> dict[str, Any]:
    copy = await seen(made, role, dossier) or {"rev": 1}
    command = op("command", dossier, name=name, expect={"state": state, "rev": copy["rev"]}, args=args)
    return (await made.push(role, command))[0]


def test_a_draft_for_a_unit_that_was_split_waits_for_a_head_who_chooses(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        await makes_head(made, "head", PARTS[0])
        await makes_head(made, "officer elsewhere", PARTS[1])
        dossier, results = await sent(made, "06622")
        assert [each["outcome"] for each in results] == ["applied"] * 3
        code = results[2]["code"]
        assert code.startswith(f"LS-{SPLIT}-")
        assert (await seen(made, "owner", dossier) or {})["state"] == "1"
        assert await seen(made, "officer", dossier) is None
        for role in ("head", "officer elsewhere"):
            assert (await seen(made, role, dossier) or {})["unit"] == SPLIT
            assert "Địa bàn đã chia cho: Xã Kiên Mộc, Xã Đình Lập." in await page(made, role)
            alone = await page(made, role, f"/desk/d/{dossier}")
            assert 'data-action="transfer"' in alone
            assert "chỉ chuyển hồ sơ về đơn vị mới" in alone
            assert not re.search(r'data-action="(receive|reject|reappoint)"', alone)
        refused = await step(made, "head", dossier, "receive", "1")
        assert refused["problem"]["type"].endswith("forbidden-op")
        assert "sai=reason" in await moved(made, "head", " ", **{key(dossier): PARTS[1]})
        assert "sai=none" in await moved(made, "head", "theo địa chỉ")
        assert await moved(made, "head", "theo địa chỉ", **{key(dossier): PARTS[1]}) == f"{PAGE}?xong=done&n=1&con=0"
        assert "Đã chuyển 1 hồ sơ." in await page(made, "head", f"{PAGE}?xong=done&n=1&con=0")
        assert "Không có hồ sơ nào chờ chuyển." in await page(made, "officer elsewhere", f"{PAGE}?sai=x")
        assert await seen(made, "head", dossier) is None
        told = await seen(made, "owner", dossier) or {}
        assert (told["unit"], told["code"]) == (PARTS[1], code)
        assert [each["reason"] for each in told["steps"] if each["command"] == "transfer"] == ["theo địa chỉ"]
        assert told["steps"][-1]["role"] == "head"
        assert (await step(made, "officer elsewhere", dossier, "receive", "1"))["outcome"] == "applied"

    run(tmp_path, look)


def test_a_draft_begun_before_the_code_was_anothers_means_the_unit_of_then(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        await makes_head(made, "head", PARTS[0])
        await makes_head(made, "head", "06637")
        before, _ = await sent(made, "06625", id_from(MAY_2025, secrets.randbits(74)))
        after, _ = await sent(made, "06625")
        assert (await seen(made, "owner", before) or {})["unit"] == "06625-2025"
        assert (await seen(made, "owner", after) or {})["unit"] == "06625"
        assert (await seen(made, "head", before) or {})["state"] == "1"
        assert await seen(made, "head", after) is None
        bac_xa, _ = await sent(made, "06619", id_from(MAY_2025, secrets.randbits(74)))
        assert (await seen(made, "owner", bac_xa) or {})["unit"] == "06625", (
            "what it became, not what that code meant then"
        )
        assert await seen(made, "head", bac_xa) is None
        bac_viet, _ = await sent(made, "06154", id_from(MAY_2025, secrets.randbits(74)))
        assert (await seen(made, "owner", bac_viet) or {})["unit"] == "06154"
        assert (await seen(made, "officer", bac_viet) or {})["state"] == "1"

    run(tmp_path, look)


def test_a_draft_for_a_unit_that_one_came_after_reaches_that(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        half = new_id()
        begin, write = create(half, unit=ENDED), patch(half, VALUES)
        await made.push("owner", begin, write)  # the network went before "Gửi" was through
        await dissolve(made)
        assert (await made.push("owner", submit(half, begin, write)))[0]["outcome"] == "applied"
        whole, results = await sent(made, ENDED)
        assert results[2]["code"].startswith(f"LS-{AFTER}-")
        for dossier in (half, whole):
            assert (await seen(made, "owner", dossier) or {})["unit"] == AFTER
            assert (await seen(made, "officer", dossier) or {})["state"] == "1"
        nobody = (await made.push("owner", create(new_id(), unit="no-such-unit")))[0]
        assert nobody["problem"]["type"].endswith("unit-unknown"), "and its author is told"

    run(tmp_path, look)


def test_open_dossiers_are_moved_with_their_day_and_nothing_else_is_done_to_them(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        opened, _ = await sent(made, ENDED)
        closed, _ = await sent(made, ENDED)
        assert (await step(made, "officer elsewhere", opened, "receive", "1"))["outcome"] == "applied"
        assert (await step(made, "officer elsewhere", closed, "reject", "1", reason="trùng"))["outcome"] == "applied"
        before = await seen(made, "owner", opened) or {}
        await dissolve(made)
        stale = (await made.push("owner", patch(opened, {"purpose.purpose_other": "khác"})))[0]
        assert (stale["outcome"], stale["reason"]) == ("held", "late")
        shown = await page(made, "head")
        assert opened in shown
        assert closed not in shown
        assert 'value="06154" selected' in shown
        settled = (await made.push("head", op("decline", opened, op=stale["id"], reason="không")))[0]
        assert settled["problem"]["type"].endswith("forbidden-op")
        where = await moved(made, "head", "Hội Hoan đã thôi", **{key(opened): AFTER, key(new_id()): AFTER})
        assert where == f"{PAGE}?sai=partly&n=1&con=1"
        assert "Còn 1 hồ sơ" in await page(made, "head", where)
        after = await seen(made, "officer", opened) or {}
        assert (after["unit"], after["due"], after["code"]) == (AFTER, before["due"], before["code"])
        settled = (await made.push("head", op("decline", opened, op=stale["id"], reason="không")))[0]
        assert settled["outcome"] == "applied"

    run(tmp_path, look)


def test_what_an_officer_of_it_took_in_waits_for_a_head_of_a_new_unit(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        await makes_head(made, "head", PARTS[0])
        officer = made.person("officer")

        def left(conn: Any, _: Any) -> None:
            conn.execute(
                "INSERT INTO role VALUES (?, ?, 'counter', 1, 2)", (bytes.fromhex(officer.replace("-", "")), SPLIT)
            )

        await made.store.write(left)
        dossier = new_id()
        begin = create(dossier, unit=SPLIT, channel="field", on_behalf=BEHALF)
        write = patch(dossier, VALUES)
        results = await made.push("officer", begin, write, submit(dossier, begin, write))
        assert [(each["outcome"], each.get("reason")) for each in results][2] == ("held", "right-lost")
        accepted = (await made.push("head", op("accept", dossier, op=results[2]["id"])))[0]
        assert accepted["outcome"] == "applied", accepted
        assert "xong=done" in await moved(made, "head", "theo thôn", **{key(dossier): PARTS[0]})
        assert (await step(made, "head", dossier, "receive", "1"))["outcome"] == "applied"

    run(tmp_path, look)


def test_an_address_in_the_old_commune_stays_as_it_was_written_beside_todays(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        dossier = new_id()
        home = {"commune": "06154", "detail": "Kéo Van", "old": "xã Bắc Việt, huyện Văn Lãng"}
        begin, write = create(dossier), patch(dossier, {**VALUES, "applicant.residence": home})
        results = await made.push("owner", begin, write, submit(dossier, begin, write))
        assert [each["outcome"] for each in results] == ["applied"] * 3, results
        shown = await page(made, "officer", f"/desk/d/{dossier}")
        assert "Kéo Van, Xã Văn Lãng" in shown
        assert "xã Bắc Việt, huyện Văn Lãng" in shown

    run(tmp_path, look)
