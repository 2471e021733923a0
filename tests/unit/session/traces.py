"""Golden traces: the same calls get the same answers from sync/session.py and client/js/session.js (protocol §7.11)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sync.session import Session

TRACES = Path(__file__).with_name("traces.json")


def traces() -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads(TRACES.read_text(encoding="utf-8"))
    return read


def replay_call(session: Session, call: dict[str, Any]) -> Any:
    """Make one call of a trace, named as in JavaScript, on a Python session."""
    name, args = call["call"], json.loads(json.dumps(call["args"]))
    snake = "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)
    if "ids" not in call:
        named = name in ("nextRequest", "beginAccount")
        return getattr(session, snake)(**args[0]) if named else getattr(session, snake)(*args)
    ids: Iterator[str] = iter(call["ids"])
    what, now = args[0], args[0].pop("now")

    def new_id(_: int) -> str:
        return next(ids)

    if name == "send":
        return session.send(what, now=now, new_id=new_id)
    return getattr(session, snake)(**what, now=now, new_id=new_id)
