"""What may be done with an upload and its file, rule by rule."""

import pytest

from schemas.problems import RequestProblem
from sync.uploads import Upload, is_known, is_right, keeps, may_add, mine, wanted

NOW = 1_795_000_000_000


def upload(name: str = "u1", *, state: str = "open", sha256: str | None = "aa", expires_ms: int = NOW + 1) -> Upload:
    return Upload(name, "an", 10, "", sha256, state, expires_ms)


def code(fault: pytest.ExceptionInfo[RequestProblem]) -> str:
    return fault.value.problem.code


@pytest.mark.parametrize(
    ("found", "person", "said"),
    [
        (None, "an", "not-found"),
        (upload(), "binh", "not-found"),
        (upload(state="gone"), "binh", "not-found"),
        (upload(state="gone"), "an", "upload-gone"),
        (upload(expires_ms=NOW), "an", "upload-gone"),
    ],
)
def test_an_upload_is_its_senders_and_has_an_end(found: Upload | None, person: str, said: str) -> None:
    with pytest.raises(RequestProblem) as fault:
        mine(found, person, NOW)
    assert code(fault) == said
    assert mine(upload(state="done"), "an", NOW).state == "done"


def test_bytes_go_where_the_upload_ends_and_never_beyond_what_was_announced() -> None:
    may_add(upload(), 4, 4, 6)
    may_add(upload(), 4, 4, None)
    for offset in (3, 5):
        with pytest.raises(RequestProblem) as fault:
            may_add(upload(), 4, offset, None)
        assert code(fault) == "upload-offset"
    with pytest.raises(RequestProblem) as fault:
        may_add(upload(), 4, 4, 7)
    assert code(fault) == "too-large"


def test_what_was_announced_with_a_hash_is_right_under_that_hash_alone() -> None:
    assert is_right(upload(), "aa")
    assert not is_right(upload(), "bb")
    assert is_right(upload(sha256=None), "bb")


def test_a_file_is_known_to_who_sent_it_and_to_who_sees_it() -> None:
    assert [is_known(sent=sent, seen=seen) for sent in (True, False) for seen in (True, False)] == [1, 1, 1, 0]


def test_a_probe_says_have_need_or_where_the_furthest_living_upload_ends() -> None:
    ended = upload("u0", expires_ms=NOW)
    under_way = [(9, ended), (3, upload("u1")), (5, upload("u2"))]
    assert wanted(known=True, under_way=under_way, now_ms=NOW) == "have"
    assert wanted(known=False, under_way=[(9, ended)], now_ms=NOW) == "need"
    assert wanted(known=False, under_way=under_way, now_ms=NOW) == {"partial": "/files/u2", "offset": 5}


def test_an_attachment_keeps_its_file_unless_it_was_found_bad() -> None:
    assert [keeps(status) for status in ("awaited", "arriving", "verified", "bad")] == [True, True, True, False]
