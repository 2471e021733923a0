"""How far a file is, in an officer's words."""

import pytest

from server.desk.papers import LOOKS, REASONS, STUCK_DAYS, kilobytes, opened, page_of
from server.texts import text
from sync.dossier import Attachment


def attachment(status: str, received: int = 0, why: str | None = None, op: str = "op") -> Attachment:
    return Attachment(op, "slot", "0" * 64, 281_733, "image/jpeg", "x", 1, "applicant", status, received, why)


@pytest.mark.parametrize(
    ("file", "days", "stand", "percent"),
    [
        (attachment("awaited"), 0, "awaited", 0),
        (attachment("awaited"), STUCK_DAYS - 1, "awaited", 0),
        (attachment("awaited"), STUCK_DAYS, "stuck", 0),
        (attachment("arriving", 140_867), 2, "arriving", 50),
        (attachment("arriving", 140_867), STUCK_DAYS, "stuck", 50),
        (attachment("arriving", 281_733), STUCK_DAYS, "checking", 100),
        (attachment("verified", 281_733), 40, "verified", 100),
        (attachment("bad", 281_733, "type"), 40, "bad", 100),
        (attachment("bad", 999_999, "size"), 0, "bad", 100),
    ],
)
def test_a_file_stands_somewhere(file: Attachment, days: int, stand: str, percent: int) -> None:
    page = page_of(file, None, days, text)
    assert (page.stand, page.percent) == (stand, percent)


@pytest.mark.parametrize("why", [*REASONS, None, "of-a-later-version"])
def test_each_reason_has_its_words(why: str | None) -> None:
    words = page_of(attachment("bad", why=why), None, 0, text).words
    assert words == text("desk.paper.bad." + (why if why in REASONS else "other"))


def test_each_stand_has_words_with_what_came() -> None:
    for stand in LOOKS:
        if stand != "bad":
            assert "{" not in text(f"desk.paper.{stand}", came="1 KB", whole="2 KB", days=3)
    assert page_of(attachment("arriving", 140_867), None, 0, text).words == "Mới tới 138 KB trong 276 KB"


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 KB"), (1, "1 KB"), (1024, "1 KB"), (1025, "2 KB"), (1_572_864, "1,5 MB")]
)
def test_bytes_are_read_as_kilobytes(count: int, words: str) -> None:
    assert kilobytes(count) == words


def test_only_whole_pages_are_opened_and_lead_to_each_other() -> None:
    stands = {"a": "verified", "b": "arriving", "c": "verified", "d": "bad", "e": "verified"}
    pages = [page_of(attachment(status, op=op), None, 0, text) for op, status in stands.items()]
    papers = [{"title": "one", "pages": pages[:3]}, {"title": "two", "pages": pages[3:]}]
    found = {op: opened(papers, op) for op in stands}
    assert found["b"] is found["d"] is opened(papers, "z") is None
    shown = {op: (each["before"], each["after"], each["title"]) for op, each in found.items() if each is not None}
    assert shown == {"a": (None, "c", "one"), "c": ("a", "e", "one"), "e": ("c", None, "two")}
