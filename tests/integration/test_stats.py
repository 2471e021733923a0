"""`motcua stats` on what a real server wrote, also while it runs."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from server import cli
from server.data_dir import transaction
from server.shipped import keep_shipped
from server.store.database import migrate
from server.store.people import actor_of
from server.store.store import now_ms
from tests.integration.caller import create, new_id, op, patch, submit
from tests.integration.rights import VALUES, Asked, World, world


def stats(capsys: pytest.CaptureFixture[str], data: Path, *words: str) -> dict[str, Any]:
    capsys.readouterr()
    assert cli.main(["stats", "--data", str(data), "--json", *words]) == 0
    return dict(json.loads(capsys.readouterr().out))


async def step(made: World, dossier: str, name: str, state: str, role: str = "officer", **args: Any) -> None:
    found = (await made.ask(role, asked_all())).json()["dossiers"]
    rev = next(each["rev"] for each in found if each["id"] == dossier)
    result = await made.push(role, op("command", dossier, name=name, expect={"state": state, "rev": rev}, args=args))
    assert result[0]["outcome"] == "applied", result


def asked_all() -> Asked:
    return Asked("POST", "/sync/v1", json={"v": 1, "cursor": "", "limit": 500})


def test_every_figure_is_there_and_beside_it_what_was_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def look() -> None:
        async with world(tmp_path) as made:
            await made.dossier("draft")
            await made.dossier("1")
            withdrawn = await made.dossier("1")
            await made.push("owner", op("withdraw", withdrawn, expect={"state": "1"}))
            await step(made, withdrawn, "agree_withdrawal", "7", reason="theo đơn")
            finished = await made.dossier("2")
            await step(made, finished, "start", "2")
            await step(made, finished, "finish", "4", result="giấy xác nhận")
            await taken_in_elsewhere(made)
            running = stats(capsys, tmp_path)  # beside the server, from the new lines alone
            assert running["by_unit"] == stats(capsys, tmp_path, "--rebuild")["by_unit"]

    asyncio.run(look())
    told = stats(capsys, tmp_path)
    kept = ("received", "new", "online", "counter", "assisted", "finished", "early", "withdrawn", "open", "overdue")
    assert {name: told[name] for name in kept} == {
        "received": 4, "new": 4, "online": 3, "counter": 1, "assisted": 1, "finished": 2, "early": 1, "withdrawn": 1,
        "open": 2, "overdue": 0,
    }  # fmt: skip
    assert (told["online_percent"], told["in_time_percent"]) == (75.0, 100.0)
    assert {each["unit"]: (each["name"], each["new"]) for each in told["by_unit"]} == {
        "06154": ("Xã Văn Lãng", 3), "06151": ("Xã Hội Hoan", 1),
    }  # fmt: skip
    assert {each["receiving"]: each["new"] for each in told["by_receiving"]} == {"06154": 4}
    assert [each["procedure"] for each in told["by_procedure"]] == ["1.004873"]
    assert [(each["field"], each["new"]) for each in told["by_field"]] == [("Hộ tịch", 4)], "as the catalogue says"
    assert [(each["level"], each["new"]) for each in told["by_level"]] == [("online", 4)]
    assert len(told["by_month"]) == 12
    assert told["by_month"][-1]["new"] == 4
    quoted = {each["id"]: each for each in told["reported"]}
    assert (quoted["catalogue.level4"]["reckoned"], quoted["catalogue.level4"]["mismatch"]) == ("57.87", ["percent"])
    assert all(each["computed"] is None for each in told["reported"]), "no dossier of 2022 is here: nothing, not 0"
    assert stats(capsys, tmp_path, "--period", "2022")["received"] == 0
    assert cli.main(["stats", "--data", str(tmp_path)]) == 0
    assert "57.87% follows" in capsys.readouterr().out
    assert cli.main(["stats", "--data", str(tmp_path), "--period", "soon"]) == 1
    assert cli.main(["stats", "--data", str(tmp_path / "nowhere")]) == 1


async def taken_in_elsewhere(made: World) -> None:
    """Have an officer of Văn Lãng take in a dossier that Hội Hoan will handle."""
    dossier = new_id()
    behalf = {
        "name": "Vi Thị Mẩy", "relation": "self", "seen": "known",
        "consent": {"text": "đồng ý", "version": "1", "at": 1_795_485_000_000},
    }  # fmt: skip
    begin = create(dossier, unit="06151", channel="counter", on_behalf=behalf)
    write = patch(dossier, VALUES)
    results = await made.push("officer", begin, write, submit(dossier, begin, write))
    assert [each["outcome"] for each in results] == ["applied"] * 3, results


def test_a_district_of_before_takes_in_nothing_itself(tmp_path: Path) -> None:
    async def look() -> None:
        async with world(tmp_path) as made:
            dossier = new_id()
            begun = (await made.push("owner", create(dossier, unit="182")))[0]
            assert begun["outcome"] == "applied", "it waits there for a head of what came after"
            head = made.person("head")
            assert actor_of(made.store.conn, head, now_ms()).units["182"] == ("heir",)
            assert "Huyện Văn Lãng" not in (await made.ask("head", desk_page(await made.dossier("2")))).text

    asyncio.run(look())


def desk_page(dossier: str) -> Asked:
    return Asked("GET", f"/desk/d/{dossier}")


def test_targets_are_set_by_command_and_file_and_never_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, file = tmp_path / "data", tmp_path / "targets.json"
    migrate(data)
    with transaction(data) as conn:
        keep_shipped(conn, 1)

    def run(*words: str, code: int = 0) -> Any:
        capsys.readouterr()
        assert cli.main(["targets", *words, "--data", str(data), "--json"]) == code
        said = capsys.readouterr().out
        return json.loads(said) if said else None

    one = ("set", "--kpi", "online_dossiers", "--for", "06154", "--period", "2026", "--decision", "QĐ 1", "--percent")
    assert run(*one, "50") == {"set": 1, "unchanged": 0}
    assert run(*one, "50") == {"set": 0, "unchanged": 1}
    assert run(*one, "60")["set"] == 1
    assert [each["percent"] for each in run("show") if each["scope"] == "06154"] == [60]
    assert len(run("show")) == 4, "three were reported for 2022"
    for wrong in ("101", "-1"):
        run(*one, wrong, code=1)
    good = {"kpi": "online_dossiers", "scope": "kind:ward", "period": "2026", "percent": 55, "decision": "QĐ 2"}
    for bad in ({**good, "scope": "planet"}, {**good, "period": "soon"}, {**good, "extra": 1}, 7):
        file.write_text(json.dumps([good, bad]))
        run("import", str(file), code=1)
    file.write_text(json.dumps([good])[:-9])
    run("import", str(file), code=1)
    assert len(run("show")) == 4, "all of a file or none"
    file.write_text(json.dumps([good]))
    assert run("import", str(file))["set"] == 1
    assert cli.main(["targets", "show", "--data", str(data)]) == 0
