"""The log is a line of JSON an event, and a fault's words stay out of it."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest

from server.logs import Lines

SECRET = "999188777666"


@pytest.fixture
def written() -> Iterator[tuple[logging.Logger, StringIO]]:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines())
    log = logging.getLogger("motcua.test")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield log, stream
    log.removeHandler(handler)


def test_a_fault_is_told_by_its_type_and_place_and_not_by_its_words(written: tuple[logging.Logger, StringIO]) -> None:
    log, stream = written
    try:
        int(SECRET + "x")
    except ValueError:
        log.exception("a job failed alone")
    assert SECRET not in stream.getvalue()
    line = json.loads(stream.getvalue())
    assert (line["said"], line["fault"], line["level"]) == ("a job failed alone", "ValueError", "ERROR")
    assert line["at_code"][-1].startswith("test_logs.py:")


def test_an_event_keeps_its_keys(written: tuple[logging.Logger, StringIO]) -> None:
    log, stream = written
    log.info({"route": "/sync", "status": 200})
    line = json.loads(stream.getvalue())
    assert (line["route"], line["status"], line["from"]) == ("/sync", 200, "motcua.test")
