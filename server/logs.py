"""The server's own log: a line of JSON an event, on standard error, with nothing personal in it.

A fault is told by its type and its place in the code. Its words are left out: a library may quote a value in them.
"""

import json
import logging
import sys
import traceback
from typing import Any


def write_logs() -> None:
    """Write the product's events, and what the web server says of itself, to standard error; harmless when repeated."""
    for name in ("motcua", "uvicorn"):
        own = logging.getLogger(name)
        if not own.handlers:
            handler = logging.StreamHandler(sys.stderr)
            handler.setFormatter(Lines())
            own.addHandler(handler)
            own.propagate = False
    logging.getLogger("motcua").setLevel(logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)


class Lines(logging.Formatter):
    """A record as one line of JSON: when (seconds since 1970), how grave, from where, what, and a fault's place."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        said: dict[str, Any] = {"at": round(record.created, 3), "level": record.levelname, "from": record.name}
        if isinstance(record.msg, dict):
            said |= record.msg
        else:
            said["said"] = record.getMessage()
        kind, _, trace = record.exc_info or (None, None, None)
        if kind is not None:
            said["fault"] = kind.__name__
            said["at_code"] = [
                f"{each.filename.rpartition('/')[2]}:{each.lineno}" for each in traceback.extract_tb(trace)
            ]
        return json.dumps(said, ensure_ascii=False)
