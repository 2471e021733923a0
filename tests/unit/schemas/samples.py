"""A small form to test with, and its parts to change one at a time."""

import json
from datetime import date
from typing import Any

from schemas.forms import Form, decode_form

TODAY = date(2026, 11, 24)
ROW = "0192f0e0-0000-7000-8000-000000000001"
OTHER_ROW = "0192f0e0-0000-7000-8000-000000000002"


def field(key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "kind": kind, "label": {"vi": key}} | more


def section(key: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"key": key, "title": {"vi": key}, "fields": list(fields)} | more


def rule(check: dict[str, Any], *fields: str, level: str = "error") -> dict[str, Any]:
    return {"id": "r", "check": check, "level": level, "fields": list(fields), "message": {"vi": "Xem lại"}}


def document(*sections: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"procedure": "1.004873", "version": 1, "title": {"vi": "Tờ khai"}, "sections": list(sections)} | more


def form(*sections: dict[str, Any], **more: Any) -> Form:
    return decode_form(json.dumps(document(*sections, **more)))
