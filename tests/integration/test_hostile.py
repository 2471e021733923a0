"""Whatever is sent, the answer is a problem document and never a 5xx; what is refused leaves everything as it was."""

import contextlib
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from e2e.office import Office
from tests.integration.caller import FORM, Caller, create, new_id, now_ms

SLOW = settings(max_examples=120, suppress_health_check=list(HealthCheck))

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=30),
    st.sampled_from(["\x00", "é", "🧾" * 9, "../../etc/passwd", "members/x/name", "a.b.c", "\u202e", "9" * 400]),
)  # fmt: skip
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
)
ids = st.one_of(st.builds(new_id), st.text(max_size=40), anything)
paths = st.sampled_from(
    ["applicant.full_name", "applicant.born", "applicant.residence", "periods/x", "periods/" + new_id(),
     f"periods/{new_id()}/place", "result.copies", "", ".", "/", "applicant", "applicant.full_name/x"]
)  # fmt: skip
TYPES = ["create", "patch", "attach", "detach", "submit", "withdraw", "command", "accept", "decline", "note", "other"]


@st.composite
def ops(draw: st.DrawFn, dossier: str) -> Any:
    """Draw something like an op: right keys with wrong values, wrong keys, or no op at all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(anything)
    op: dict[str, Any] = {
        "id": new_id(), "dossier": draw(st.sampled_from([dossier, new_id()])), "type": draw(st.sampled_from(TYPES)),
        "at": now_ms(), "form": FORM,
    }  # fmt: skip
    keys = {
        "set": st.dictionaries(paths | st.text(max_size=9), anything, max_size=4),
        "saw": st.dictionaries(paths, st.lists(ids, max_size=4), max_size=3) | st.lists(ids, max_size=3),
        "after": st.lists(ids, max_size=3),
        "expect": st.fixed_dictionaries({"state": st.sampled_from(["draft", "1", "2"])}),
        "name": st.sampled_from(["receive", "reject", "x", ""]), "args": anything, "op": ids, "reason": anything,
        "text": anything, "slot": st.sampled_from(["divorce_ruling", "nothing"]), "sha256": st.text(max_size=70),
        "bytes": st.integers(), "media": anything, "page": anything, "procedure": st.sampled_from(["1.004873", "x"]),
        "unit": st.sampled_from(["06154", "x", ""]), "channel": st.sampled_from(["online", "counter", "x"]),
        "on_behalf": anything, "visible": st.sampled_from(["all", "office", "x"]), "was": anything, "code": anything,
        "proof": anything, "form": anything, "at": anything, "id": ids, "dossier": ids,
    }  # fmt: skip
    for key in draw(st.lists(st.sampled_from(sorted(keys)), max_size=8, unique=True)):
        op[key] = draw(keys[key])
    return op


@given(data=st.data())
@SLOW
def test_ops_of_any_shape_get_an_outcome_each(citizen: Caller, officer: Caller, data: st.DataObject) -> None:
    dossier = new_id()
    citizen.push(create(dossier))
    sent = data.draw(st.lists(ops(dossier), min_size=1, max_size=6))
    for caller in (citizen, officer):
        answer = caller.raw(msgspec.json.encode({"v": 1, "ops": sent, "cursor": ""}))
        assert answer.status_code == 200, answer.text
        results = answer.json()["results"]
        assert [result["outcome"] in ("applied", "conflict", "held", "refused") for result in results] == [True] * len(
            sent
        )
    assert citizen.sees(dossier) is not None


@given(body=anything)
@SLOW
def test_requests_of_any_shape_are_answered(citizen: Caller, nobody: Caller, body: Any) -> None:
    sent = msgspec.json.encode(body if not isinstance(body, dict) else {"v": 1, **body})
    assert citizen.raw(sent).status_code < 500
    headers = {"Content-Type": "application/json"}
    for path in ("/accounts", "/dang-nhap"):
        assert nobody.http.post(path, content=sent, headers=headers).status_code < 500
    assert citizen.http.post("/accounts/password", content=sent, headers=headers).status_code == 400


credentials = st.one_of(
    st.text(max_size=60), st.text(alphabet='\x00\x7f\xff .=;,"', max_size=9), st.just("x" * 5_000),
    st.sampled_from(["", ".", "..", "a.b.c", "null", "Bearer", "é" * 22, "x.y" * 300]),
)  # fmt: skip


@given(value=credentials)
@SLOW
def test_credentials_of_any_kind_are_answered(office: Office, value: str) -> None:
    """A bearer token, a session cookie and the mark of a known device, as bytes of any kind."""
    raw = value.encode("utf-8", "replace")
    if {b"\r"[0], b"\n"[0], 0} & set(raw):
        return  # the HTTP client itself refuses to send these
    for headers in ({b"authorization": b"Bearer " + raw}, {b"cookie": b"motcua_session=" + raw}):
        with contextlib.suppress(httpx.LocalProtocolError):
            assert httpx.get(office.address + "/accounts/me", headers=headers.items()).status_code in (400, 401, 431)
    body = {"user": "nobody-guesses", "password": value[:900]}
    with contextlib.suppress(httpx.LocalProtocolError):
        known = {b"cookie": b"motcua_known=" + raw, b"user-agent": raw}.items()
        answer = httpx.post(office.address + "/dang-nhap", json=body, headers=known)
        assert answer.status_code in (400, 401, 429, 431)


@given(raw=st.binary(max_size=200))
@SLOW
def test_bytes_of_any_kind_are_answered(citizen: Caller, raw: bytes) -> None:
    assert citizen.raw(raw).status_code in (200, 400)
    assert citizen.raw(raw, Content_Encoding="gzip").status_code == 400


@given(
    path=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="?#"), max_size=40),
    query=st.text(max_size=20),
)
@SLOW
def test_addresses_of_any_kind_are_answered(officer: Caller, path: str, query: str) -> None:
    for start in ("/forms/", "/forms/lists/", "/desk/d/", "/sync/v1/", "/", "/thu-tuc/"):
        answer = officer.http.get(start + quote(path), params={"after": query, "cursor": query, "before": query})
        assert answer.status_code < 500, (start, path)
    for key in ("after", "cursor"):
        assert officer.http.get("/sync/v1/snapshot", params={key: query}).status_code < 500
