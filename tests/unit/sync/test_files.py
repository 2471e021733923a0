"""What becomes of an attachment when its file comes, is too large, or is lost again."""

from typing import Any

import pytest

from schemas.forms import Form
from sync import files
from sync.dossier import Dossier
from sync.ledger import File
from tests.unit.sync.bench import FORM, Office, form

SHA, OTHER = "ab" * 32, "cd" * 32


def with_slot(**changes: Any) -> Form:
    return form(1, slots=[{**FORM["slots"][0], **changes}])


@pytest.fixture
def office() -> Office:
    return Office()


def attached(office: Office) -> str:
    dossier, _ = office.filed()
    op = office.op("attach", dossier, slot="paper", sha256=SHA, bytes=7, media="image/jpeg")
    office.push(office.an, op, {**op, "id": office.id(), "sha256": OTHER})
    return dossier


def statuses(office: Office, dossier: str) -> list[tuple[str, int]]:
    return [(file.status, file.received) for file in office.sees(office.an, dossier).attachments]


def changed(office: Office, dossier: str, change: Any) -> bool:
    with office.ledger.transaction():
        kept = office.ledger.find_dossier(dossier)
        assert isinstance(kept, Dossier)
        return bool(change(kept))


def test_the_first_bytes_are_told_and_further_ones_only_kept(office: Office) -> None:
    dossier = attached(office)
    for received, news in ((3, True), (5, False), (4, False)):
        cursor = office.pull(office.officer).cursor
        told = changed(
            office, dossier, lambda d, n=received: files.arriving(office.ledger, office.world, d, SHA, n, office.now)
        )
        assert told is news
        assert bool(office.pull(office.officer, cursor).dossiers) is news
    assert statuses(office, dossier) == [("arriving", 5), ("awaited", 0)], "and never fewer than before"
    nobody = lambda d: files.arriving(office.ledger, office.world, d, "ef" * 32, 3, office.now)  # noqa: E731
    assert not changed(office, dossier, nobody)


def test_a_file_settles_what_waits_for_it_and_its_loss_undoes_that(office: Office) -> None:
    dossier = attached(office)
    file = File(SHA, 7, "image")
    assert changed(office, dossier, lambda d: files.settle(office.ledger, office.world, d, file, office.now))
    assert statuses(office, dossier) == [("verified", 7), ("awaited", 0)]
    assert not changed(office, dossier, lambda d: files.settle(office.ledger, office.world, d, file, office.now))
    assert changed(office, dossier, lambda d: files.lost(office.ledger, office.world, d, SHA, office.now))
    assert statuses(office, dossier) == [("awaited", 0), ("awaited", 0)]


def test_a_file_is_judged_by_its_slot(office: Office) -> None:
    office.world.publish(with_slot(bytes_max=6))
    dossier = attached(office)
    file = File(SHA, 7, "image")
    changed(office, dossier, lambda d: files.settle(office.ledger, office.world, d, file, office.now))
    assert office.sees(office.an, dossier).attachments[0].why == "too-large"


def test_a_slot_that_its_form_no_longer_has_takes_what_slots_take(office: Office) -> None:
    dossier = attached(office)
    office.world.forms.clear()
    file = File(SHA, 7, "pdf")
    changed(office, dossier, lambda d: files.settle(office.ledger, office.world, d, file, office.now))
    assert statuses(office, dossier)[0] == ("verified", 7)
