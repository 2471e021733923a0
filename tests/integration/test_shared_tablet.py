"""Two officers on one tablet: each one's work goes out as theirs, whoever holds it, and never as the other's."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import msgspec
import pytest

from e2e.office import Office
from server.store.database import connect
from server.store.keys import blob
from tests.integration.caller import UNIT, Caller, code_of, new_id, problem
from tests.integration.rights import BEHALF
from tests.integration.tablet import Tablet

PEOPLE = ("counter", "head")


def behalf(number: int) -> dict[str, Any]:
    """Return whom a dossier is taken in for, with words of consent that are its own."""
    consent = {"text": f"Tôi đồng ý, lần {number}", "version": f"{number}", "at": BEHALF["consent"]["at"] + number}
    return {**BEHALF, "name": f"Lý Văn Số {['một', 'hai', 'ba', 'bốn', 'năm', 'sáu'][number]}", "consent": consent}


@pytest.fixture
def officers(office: Office) -> dict[str, Caller]:
    return {"counter": Caller.signed_in(office, f"officer-{UNIT}"), "head": Caller.signed_in(office, f"head-{UNIT}")}


@pytest.fixture
def tablet(office: Office, officers: dict[str, Caller]) -> Iterator[Tablet]:
    with Tablet(office) as made:
        for slot, who in officers.items():
            made.sign(slot, who, (UNIT, slot))
            made.does("drain", slot)
        yield made


def ids_of(officers: dict[str, Caller]) -> dict[str, str]:
    return {slot: who.http.get("/accounts/me").json()["person"] for slot, who in officers.items()}


def rows(office: Office, query: str, dossier: str) -> list[Any]:
    """Return one column of what the office has of a dossier."""
    with closing(connect(office.data, readonly=True)) as conn:
        return [value for (value,) in conn.execute(query, (blob(dossier),))]


def logged(office: Office, dossiers: list[str]) -> dict[str, set[bytes]]:
    """Return who is named as the author of each dossier's ops."""
    said = "SELECT person FROM log WHERE kind = 'op' AND dossier = ?"
    return {each: set(rows(office, said, each)) for each in dossiers}


def recorded(office: Office, dossier: str) -> tuple[str, dict[str, Any]]:
    """Return channel and consent as the office has them."""
    [body] = rows(office, "SELECT body FROM op WHERE dossier = ? AND type = 'create'", dossier)
    begun = msgspec.json.decode(body)
    return begun["channel"], begun["on_behalf"]


def test_each_ones_work_goes_in_as_theirs_with_its_own_consent_and_channel(
    office: Office, officers: dict[str, Caller], tablet: Tablet
) -> None:
    taken: dict[str, dict[str, tuple[str, dict[str, Any]]]] = {slot: {} for slot in PEOPLE}
    for number in range(6):
        slot, channel = PEOPLE[number % 2], "counter" if number % 3 == 0 else "field"
        dossier = tablet.take_in(slot, on_behalf=behalf(number), channel=channel)
        taken[slot][dossier] = (channel, behalf(number))
        if number in (2, 3):
            tablet.does("drain", PEOPLE[1 - number % 2])  # the other's goes out while this one works
    for slot in PEOPLE:
        tablet.does("drain", slot)
    people = ids_of(officers)
    for slot, mine in taken.items():
        ops = tablet.does("seen", slot)["ops"]
        assert {each["dossier"] for each in ops} == set(mine)
        assert [each["result"]["outcome"] for each in ops] == ["applied"] * 9
        assert logged(office, list(mine)) == {key: {blob(people[slot])} for key in mine}
        assert {dossier: recorded(office, dossier) for dossier in mine} == mine
    for slot, other in zip(PEOPLE, PEOPLE[::-1], strict=True):
        cursor = tablet.does("seen", slot)["cursor"]
        assert officers[slot].sync(cursor=cursor).status_code == 200
        assert problem(officers[other].sync(cursor=cursor)) == "cursor-expired"


def test_anothers_credential_takes_nothing_along_and_loses_nothing(
    office: Office, officers: dict[str, Caller], tablet: Tablet
) -> None:
    dossier = tablet.take_in("counter")
    mine = tablet.does("seen", "counter")["kept"]["account"]
    tablet.does("sign", "counter", account={**mine, "key": officers["head"].token})
    tablet.does("drain", "counter")
    seen = tablet.does("seen", "counter")
    assert seen["paused"] == "unauthenticated"
    assert tablet.told("counter", dossier) == ["create waiting", "patch waiting", "submit waiting"]
    assert officers["head"].sees(dossier) is None
    tablet.does("sign", "counter", account=mine)
    tablet.does("drain", "counter")
    assert tablet.told("counter", dossier) == ["create applied", "patch applied", "submit applied"]
    assert logged(office, [dossier]) == {dossier: {blob(mine["person"])}}


def test_what_is_known_as_ones_is_refused_as_anothers_and_stays_as_it_is(
    office: Office, officers: dict[str, Caller], tablet: Tablet
) -> None:
    dossier = tablet.take_in("counter")
    tablet.does("drain", "counter")
    ops = [each["op"] for each in tablet.does("seen", "counter")["ops"] if each["dossier"] == dossier]
    for result in officers["head"].push(*ops):
        assert (result["outcome"], code_of(result)) == ("refused", "forbidden-op")
        assert not result.get("again"), "nothing more is said"
    again = officers["counter"].push(*ops)
    assert [each["outcome"] for each in again] == ["applied"] * 3
    assert all(each["again"] for each in again)


def test_a_request_in_anothers_name_is_looked_at_not_at_all(officers: dict[str, Caller]) -> None:
    people = ids_of(officers)
    assert officers["head"].sync(person=people["head"], cursor="").status_code == 200
    for wrong in (people["counter"], new_id(), ""):
        assert problem(officers["head"].sync(person=wrong, cursor="")) == "unauthenticated"
