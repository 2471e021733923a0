"""Forms are published beside a running server: all or none, never changed, in force by their dates."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from e2e.office import Office
from schemas.ids import id_from
from schemas.moments import local_day
from tests.integration.caller import FORM, Caller, code_of, create, new_id, now_ms, op, patch, problem
from tests.integration.test_commands import motcua

WAIT_TURNS = 600


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A server of this module's own: what is published stays published."""
    with Office(tmp_path_factory.mktemp("forms") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def an(desk: Office) -> Caller:
    return Caller.signed_in(desk, "demo-1")


def day(shift: int) -> str:
    return (local_day(now_ms()) + timedelta(days=shift)).isoformat()


def document(procedure: str, version: int = 1, *keys: str, **more: Any) -> dict[str, Any]:
    fields = [{"key": key, "kind": "text", "label": {"vi": key}} for key in keys or ("words",)]
    section = {"key": "part", "title": {"vi": "Phần"}, "fields": fields}
    return (
        {"procedure": procedure, "version": version, "title": {"vi": f"Tờ khai {procedure}"}}
        | {"sections": [section]}
        | more
    )


def imported(desk: Office, folder: Path, *documents: dict[str, Any], code: int = 0, words: tuple[str, ...] = ()) -> Any:
    """Run the command on documents, as files; return its report."""
    files = []
    for number, each in enumerate(documents):
        file = folder / f"{number}.json"
        file.write_text(json.dumps(each, ensure_ascii=False), encoding="utf-8")
        files.append(str(file))
    done = motcua("form", "import", *files, "--data", str(desk.data), "--json", *words, code=code)
    return json.loads(done.stdout)


def comes(caller: Caller, address: str, words: str) -> bool:
    """Wait until a page says something; the server looks for new forms by itself."""
    for _ in range(WAIT_TURNS):
        if words in caller.http.get(address).text:
            return True
        time.sleep(0.05)
    return False


def test_a_published_form_is_there_without_a_restart(desk: Office, an: Caller, tmp_path: Path) -> None:
    assert an.http.get("/forms/9.100001").status_code == 404
    report = imported(desk, tmp_path, document("9.100001"))
    assert (report["published"], report["unchanged"], report["faults"]) == (["9.100001@1"], [], [])
    assert an.http.get("/forms/9.100001").json() == document("9.100001")
    assert comes(an, "/thu-tuc", "Tờ khai 9.100001")
    assert an.http.get("/to-khai/9.100001").status_code == 200


def test_the_same_content_again_changes_nothing_and_another_is_refused(
    desk: Office, an: Caller, tmp_path: Path
) -> None:
    imported(desk, tmp_path, document("9.100002"))
    before = an.http.get("/forms/9.100002@1")
    again = dict(reversed(document("9.100002").items()))  # the order of keys is no content
    assert imported(desk, tmp_path, again)["unchanged"] == ["9.100002@1"]
    report = imported(desk, tmp_path, document("9.100002", 1, "other"), code=1)
    assert report["faults"][0]["path"] == "version"
    assert "never changes" in report["faults"][0]["reason"]
    after = an.http.get("/forms/9.100002@1")
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])
    assert an.http.get("/forms/9.100002@1", headers={"if-none-match": before.headers["etag"]}).status_code == 304


def test_all_the_files_are_published_or_none(desk: Office, an: Caller, tmp_path: Path) -> None:
    bad = document("9.100004", rules="none")
    report = imported(desk, tmp_path, document("9.100003"), bad, code=1)
    assert [(each["path"], Path(each["file"]).name) for each in report["faults"]] == [("rules", "1.json")]
    assert report["published"] == []
    twice = imported(desk, tmp_path, document("9.100003"), document("9.100003", 1, "other"), code=1)
    assert "in another file too" in twice["faults"][0]["reason"]
    assert an.http.get("/forms/9.100003").status_code == 404
    assert "cannot be read" in motcua("form", "import", str(tmp_path / "none"), "--data", str(desk.data), code=1).stderr
    assert "no data" in motcua("form", "import", str(tmp_path / "0.json"), "--data", str(tmp_path / "x"), code=1).stderr


def test_a_trial_publishes_nothing(desk: Office, an: Caller, tmp_path: Path) -> None:
    report = imported(desk, tmp_path, document("9.100005"), words=("--dry-run",))
    assert (report["published"], report["dry_run"]) == (["9.100005@1"], True)
    assert an.http.get("/forms/9.100005").status_code == 404
    said = motcua("form", "import", str(tmp_path / "0.json"), "--data", str(desk.data), "--dry-run").stdout
    assert said == "9.100005@1: would be published\n"
    assert imported(desk, tmp_path, document("9.100005"))["published"] == ["9.100005@1"]


def test_what_was_held_for_a_form_is_released_by_publishing_it(desk: Office, an: Caller, tmp_path: Path) -> None:
    imported(desk, tmp_path, document("9.100006"))
    dossier = new_id()
    begin = create(dossier, procedure="9.100006", form="9.100006@1")
    newer = patch(dossier, {"part.more": "thêm"}, form="9.100006@2")
    results = an.push(begin, newer)
    assert [(each["outcome"], each.get("reason")) for each in results] == [("applied", None), ("held", "form-unknown")]
    cursor = an.pull()["cursor"]
    report = imported(desk, tmp_path, document("9.100006", 2, "words", "more"))
    assert report["published"] == ["9.100006@2"]
    page = an.pull(cursor)
    assert [(each["id"], each["outcome"]) for each in page["outcomes"]] == [(newer["id"], "applied")]
    assert page["dossiers"][0]["form"] == "9.100006@2"
    assert an.push(op("note", dossier, text="x"))[0]["outcome"] == "applied", "the log goes on after another process"


def test_the_version_in_force_is_the_newest_that_has_begun(desk: Office, an: Caller, tmp_path: Path) -> None:
    imported(desk, tmp_path, document("9.100007", effective_from=day(1)))
    assert an.http.get("/forms/9.100007").status_code == 404, "not in force yet"
    assert an.http.get("/forms/9.100007@1").status_code == 200
    imported(
        desk, tmp_path, document("9.100008", 1, effective_from=day(-9)),
        document("9.100008", 2, "second", effective_from=day(0)), document("9.100008", 3, effective_from=day(1)),
    )  # fmt: skip
    assert an.http.get("/forms/9.100008").json()["version"] == 2
    assert comes(an, "/to-khai/9.100008", '"second"')
    assert "9.100007" not in an.http.get("/thu-tuc").text


def test_a_withdrawn_form_keeps_its_drafts_and_takes_no_new_ones(desk: Office, an: Caller, tmp_path: Path) -> None:
    imported(desk, tmp_path, document("9.100009"))
    assert comes(an, "/thu-tuc", "9.100009")
    imported(desk, tmp_path, document("9.100009", 2, effective_to=day(-1)))
    assert an.http.get("/forms/9.100009").status_code == 404
    assert an.http.get("/forms/9.100009@1").json() == document("9.100009")
    assert comes(an, "/thu-tuc/9.100009", "đã ngừng nhận")
    assert 'data-procedure="9.100009"' not in an.http.get("/thu-tuc").text
    assert an.http.get("/to-khai/9.100009").status_code == 200, "a draft on this phone still opens"
    for form in ("9.100009@1", "9.100009@2"):
        late = an.push(create(new_id(), procedure="9.100009", form=form))[0]
        assert code_of(late) == "form-closed"
        begun_before = id_from(now_ms() - 3 * 86_400_000, int(new_id().replace("-", "")[-16:], 16))
        assert an.push(create(begun_before, procedure="9.100009", form=form))[0]["outcome"] == "applied"


def test_an_author_hears_what_a_new_version_leaves_behind(desk: Office, tmp_path: Path) -> None:
    imported(desk, tmp_path, document("9.100010", 1, "kept", "renamed", "lost", "dropped"))
    moves = {"from": 1, "rename": {"part.renamed": "part.name"}, "drop": ["part.dropped"]}
    report = imported(desk, tmp_path, document("9.100010", 3, "kept", "name", moves=moves))
    assert report["notes"] == [
        "9.100010@3: part.lost of version 1 has no place; whoever has a draft is shown it",
    ]
    late = imported(desk, tmp_path, document("9.100010", 2, "kept", "renamed", "lost", "dropped"))
    assert late["notes"] == ["9.100010@2: version 3 is published already and newer"]
    unknown = imported(desk, tmp_path, document("9.100010", 5, moves={"from": 4}))
    assert unknown["notes"] == ["9.100010@5: moves.from names version 4, which is not published here"]


def test_a_version_published_here_before_it_was_shipped_stays(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    data = tmp_path / "data"
    motcua("migrate", "--data", str(data))
    own = document(FORM.partition("@")[0])
    file = tmp_path / "own.json"
    file.write_text(json.dumps(own), encoding="utf-8")
    motcua("form", "import", str(file), "--data", str(data))
    with Office(data) as office:
        nobody = Caller(office.address, None)
        assert nobody.http.get(f"/forms/{FORM}").json() == own
        assert nobody.http.get("/forms/1.001193").status_code == 200
        assert problem(nobody.http.get("/forms/1.004873@2")) == "not-found"
        assert "published with another content" in office.log()
