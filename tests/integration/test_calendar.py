"""Deciding over a day: what it would change is shown before, and changes nothing that was promised."""

import json
import re
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from schemas.moments import HO_CHI_MINH
from server import cli
from server.desk.overrides import Override
from server.services.calendar import effect_of
from server.store.catalogue import Shelf, allow
from server.store.database import connect
from server.store.people import end_roles
from server.store.store import now_ms
from server.units.shipped import PROVINCE_ID
from tests.integration.rights import Asked, World, run

FORM = {"kind": "off", "why": "nghỉ bù bão", "decision": "QĐ 12/2026"}


async def received(made: World, count: int = 10) -> tuple[str, date]:
    """Receive a dossier that may take so many working days; return its id and the working day before it is due."""
    await made.store.write(lambda conn, _: allow(conn, "9.9", 1, "working_day", "test"))
    await made.store.write(
        lambda conn, _: conn.execute("UPDATE allowed SET count = ? WHERE procedure = '1.004873'", (count,))
    )
    await made.store.write(lambda conn, _: conn.execute("UPDATE tip SET catalogue = catalogue + 1"))
    dossier = await made.dossier("2")
    due = datetime.fromisoformat((await stored(made, dossier))["due"])
    calendar = made.store.shelf.fresh(made.store.conn).calendar
    day = due.date() - timedelta(days=1)
    while calendar.why_off(day) is not None:
        day -= timedelta(days=1)
    return dossier, day


async def stored(made: World, dossier: str) -> dict[str, str]:
    asked = Asked("POST", "/sync/v1", json={"v": 1, "cursor": "", "limit": 500})
    found = (await made.ask("owner", asked)).json()["dossiers"]
    return next(each for each in found if each["id"] == dossier)


def version_of(made: World) -> str:
    return made.store.shelf.fresh(made.store.conn).calendar.version


def test_a_new_holiday_shows_what_it_would_change_and_then_counts_for_what_comes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def look(made: World) -> date:
        dossier, day = await received(made)
        before, version = await stored(made, dossier), version_of(made)
        form = {**FORM, "day": day.isoformat()}
        shown = unescape((await made.ask("admin", Asked("POST", "/desk/lich/xem", form=form))).text)
        assert "1 hồ sơ đang mở sẽ có ngày hẹn khác" in shown
        assert before["code"] in shown
        assert version_of(made) == version, "only shown"
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', shown))
        done = await made.ask("admin", Asked("POST", "/desk/lich", form=hidden))
        assert done.headers["location"].endswith("xong=desk.days.done")
        assert version_of(made) != version
        after = await stored(made, dossier)
        assert after["due"] == before["due"], "what was promised stands"
        later, _ = await received(made)
        trace = (await stored(made, later))["trace"]
        assert {"date": day.isoformat(), "counted": False, "why": "nghỉ bù bão"} in trace
        page = unescape((await made.ask("officer", Asked("GET", f"/desk/lich?nam={day.year}"))).text)
        assert re.search(r"QĐ 12/2026<br>\d\d:\d\d, \d\d/\d\d/\d{4} · Quản trị thử</small>", page), "who and when"
        again = await made.ask("admin", Asked("POST", "/desk/lich", form=hidden))
        assert again.headers["location"].endswith("sai=desk.days.moved"), "worked out for another calendar"
        return day

    day = run(tmp_path, look)
    assert cli.main(["calendar", "show", "--year", str(day.year), "--data", str(tmp_path)]) == 0
    assert "by: Quản trị thử" in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrong", [{"decision": " "}, {"why": ""}, {"kind": "holiday"}, {"day": "2026-02-30"}, {"day": "9999-01-01"}]
)
def test_a_decision_without_its_number_or_day_is_none(tmp_path: Path, wrong: dict[str, str]) -> None:
    async def look(made: World) -> None:
        form = {**FORM, "day": "2026-12-01", **wrong}
        version = version_of(made)
        for path in ("/desk/lich/xem", "/desk/lich"):
            answer = await made.ask("admin", Asked("POST", path, form=form | {"seen": version}))
            assert answer.status_code == 422
            assert "Cần đủ ngày" in answer.text
        assert version_of(made) == version

    run(tmp_path, look)


def test_the_commands_say_the_same_and_change_nothing_when_only_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def look(made: World) -> date:
        return (await received(made))[1]

    day = run(tmp_path, look)

    def said(*words: str) -> dict[str, Any]:
        assert cli.main(["calendar", *words, "--data", str(tmp_path), "--json"]) == 0
        return dict(json.loads(capsys.readouterr().out))

    words = ("set", day.isoformat(), "--off", "--why", "nghỉ bù bão", "--decision", "QĐ 12/2026")
    tried = said(*words, "--dry-run")
    assert (tried["in_force"], tried["count"]) == (False, 1)
    assert said("show", "--year", str(day.year))["version"] == tried["before"]
    assert said(*words)["after"] == tried["after"]
    shown = said("show", "--year", str(day.year))
    assert shown["version"] == tried["after"]
    added: dict[str, object] = next(each for each in shown["days"] if each["day"] == day.isoformat())
    assert datetime.fromisoformat(str(added.pop("at"))).utcoffset() == timedelta(hours=7)
    assert added == {
        "day": day.isoformat(), "working": False, "why": "nghỉ bù bão", "decision": "QĐ 12/2026", "by": "on the server",
    }  # fmt: skip
    assert cli.main(["calendar", *words[:-1], " ", "--data", str(tmp_path)]) == 1


def test_a_make_up_saturday_brings_days_forward(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        _, day = await received(made)
        saturday = day - timedelta(days=(day.weekday() + 2) % 7 or 7)
        if saturday <= datetime.now(HO_CHI_MINH).date():
            saturday += timedelta(days=7)
        conn = connect(made.store.data, readonly=True)
        override = Override(saturday, working=True, why="làm bù", decision="QĐ 1")
        effect = effect_of(conn, Shelf().fresh(conn), override)
        conn.close()
        assert effect.count == 1
        assert effect.moved[0].after < effect.moved[0].before

    run(tmp_path, look)


def test_who_only_administers_signs_in_to_the_calendar(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        signed_in = await made.ask("admin", Asked("GET", "/desk"))
        assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/desk/lich")
        assert (await made.ask("admin", Asked("GET", "/desk/lich"))).status_code == 200
        assert (await made.ask("officer", Asked("GET", "/desk"))).status_code == 200
        assert (await made.ask("owner", Asked("GET", "/desk"))).status_code == 403

    run(tmp_path, look)


def test_who_administers_a_commune_alone_decides_over_nothing(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        person = made.person("admin")
        await made.store.write(lambda conn, _: end_roles(conn, person, now_ms(), PROVINCE_ID))
        form = {**FORM, "day": "2026-12-01", "seen": version_of(made)}
        assert (await made.ask("admin", Asked("POST", "/desk/lich", form=form))).status_code == 403
        assert "decide-day" not in (await made.ask("admin", Asked("GET", "/desk/lich"))).text

    run(tmp_path, look)
