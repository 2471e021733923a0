"""The two shapes of the national portal's records, checked and turned into ours.

``full`` is a procedure with its papers and fees, ``line`` one line of the national list.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from schemas.catalogue import Channel, Fee, Level, Method, Paper, Procedure, Served, Service, Time, TimeUnit

Shape = Literal["full", "line"]
#: A national code, with what an agency puts behind it: ``2.000815``, ``1.0133611``, ``2.000815.000.00.00.H55``.
CODE: Final = re.compile(r"[0-9]\.[0-9]{6,7}(\.[0-9A-Za-z]{1,4}){0,4}")
UNREADABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?")
CHANNELS: Final[dict[str, Channel]] = {"trực tiếp": "counter", "trực tuyến": "online", "bưu chính": "post"}
UNITS: Final[dict[str, TimeUnit]] = {
    "giờ": "hour", "ngày làm việc": "working_day", "ngày": "calendar_day", "tháng": "month",
}  # fmt: skip
NO_UNIT: Final = "không ghi đơn vị"
SERVICES: Final[dict[str, tuple[Service, int | None]]] = {
    "toàn trình": ("full", 4),
    "một phần": ("partial", 3),
    "một phần hoặc toàn trình (nguồn không tách)": ("online", None),
    "không có kênh trực tuyến": ("information", 2),
    "thông tin": ("information", 2),
}

Name = Annotated[str, Meta(min_length=1, max_length=10_000)]
Words = Annotated[str, Meta(max_length=20_000)]
Many = Annotated[list[Words], Meta(max_length=500)]
Count = Annotated[int, Meta(ge=0, le=10_000)]
Vnd = Annotated[int, Meta(ge=0, le=100_000_000_000)]


class RefusedError(Exception):
    """A record that is not taken; the text is the reason."""


class _Fee(Struct):
    kind: Words | None = None
    vnd: Vnd | None = None
    note: Words | None = None


class _Method(Struct):
    channel: Literal["trực tiếp", "trực tuyến", "bưu chính"]
    time: Count | None = None
    unit: Words | None = None
    time_text: Words | None = None
    fees: Annotated[list[_Fee], Meta(max_length=200)] = []


class _Paper(Struct):
    name: Words
    original: Count | None = None
    copies: Count | None = None
    form: Words | None = None
    case: Words | None = None
    note_only: bool = False


class _Full(Struct):
    code: str
    name_vi: Name
    field: Words
    levels: Annotated[list[Level], Meta(max_length=4)]
    agency: Many
    documents: Annotated[list[_Paper], Meta(max_length=500)]
    methods: Annotated[list[_Method], Meta(max_length=50)]
    agency_type: Words | None = None
    days: Count | None = None
    days_unit: Words | None = None
    days_text: Words | None = None
    fee_vnd: Vnd | None = None
    fee_text: Words | None = None
    service_level: Words | None = None
    legal_basis: Many = []
    result: Many = []
    subjects: Many = []
    promulgator: Words | None = None
    type: Words | None = None
    decision: Words | None = None
    lang_son_specific: bool = False
    quality: Words | None = None
    source: Words | None = None
    legal_note: Words | None = None
    #: What newer files may say besides: three facts, and the day that the service level was reached.
    provided: bool | None = None
    published: bool | None = None
    linked: bool | None = None
    service_since: Words | None = None


class _Line(Struct):
    code: str
    name_vi: Name
    field: Words
    departments: Many
    promulgator: Words
    type: Words
    state: Words
    portal_id: Words
    provided: bool | None = None
    linked: bool | None = None


SHAPES: Final[dict[Shape, type[_Full | _Line]]] = {"full": _Full, "line": _Line}


def shape_of(raw: Any) -> Shape | None:
    """Return which of the two shapes a record has, or null."""
    if not isinstance(raw, dict):
        return None
    if "portal_id" in raw and "documents" not in raw:
        return "line"
    return "full" if "documents" in raw and "methods" in raw else None


def code_in(raw: Any) -> str | None:
    """Return the code of a record, whatever else is wrong with it."""
    code = raw.get("code") if isinstance(raw, Mapping) else None
    return code if isinstance(code, str) and CODE.fullmatch(code) else None


def read_record(raw: Any, shape: Shape) -> Procedure:
    """Return a record as ours.

    Raises:
        RefusedError: it is not what its shape says, with the reason.
    """
    found = shape_of(raw)
    if found != shape:
        raise RefusedError("it is no record" if found is None else f"it is of the other shape ({found})")
    if code_in(raw) is None:
        raise RefusedError("its code is not like 1.001193")
    try:
        read: _Full | _Line = msgspec.convert(raw, SHAPES[shape])
    except msgspec.ValidationError as fault:
        raise RefusedError(_short(str(fault))) from fault
    if _has_control(raw):
        raise RefusedError("it holds letters that no page can show")
    if not read.name_vi.strip():
        raise RefusedError("it has no name")
    return _from_full(read) if isinstance(read, _Full) else _from_line(read)


def _has_control(value: Any) -> bool:
    """Return whether any text in a value has a letter that no page can show."""
    if isinstance(value, str):
        return UNREADABLE.search(value) is not None
    if isinstance(value, dict):
        return any(map(_has_control, value.values()))
    return isinstance(value, list) and any(map(_has_control, value))


def _short(reason: str) -> str:
    return reason if len(reason) <= 300 else reason[:300] + "…"  # noqa: PLR2004 - a line on a terminal


def _from_full(raw: _Full) -> Procedure:
    return Procedure(
        code=raw.code, name=raw.name_vi, field=raw.field, levels=tuple(raw.levels), agencies=tuple(raw.agency),
        agency_kind=raw.agency_type or "", time=_time(raw.days, raw.days_unit, raw.days_text),
        methods=tuple(
            Method(CHANNELS[each.channel], _time(each.time, each.unit, each.time_text), tuple(map(_fee, each.fees)))
            for each in raw.methods
        ),
        fee=None if raw.fee_vnd is None and not raw.fee_text else Fee(raw.fee_vnd, raw.fee_text or ""),
        papers=tuple(map(_paper, raw.documents)), results=tuple(raw.result), subjects=tuple(raw.subjects),
        legal=tuple(raw.legal_basis), served=_served(raw), provided=True if raw.lang_son_specific else raw.provided,
        published=raw.published, linked=raw.linked, local=raw.lang_son_specific, promulgator=raw.promulgator or "",
        decision=raw.decision or "", kind=raw.type or "", checked=_day_in(raw.source or ""), source=raw.source or "",
        quality=raw.quality or "", note=raw.legal_note or "",
    )  # fmt: skip


def _from_line(raw: _Line) -> Procedure:
    return Procedure(
        code=raw.code, name=raw.name_vi, field=raw.field, agencies=tuple(raw.departments), provided=raw.provided,
        published=True, linked=raw.linked, promulgator=raw.promulgator, kind=raw.type, state=raw.state,
        portal_id=raw.portal_id,
    )  # fmt: skip


def _time(count: int | None, unit: str | None, text: str | None) -> Time | None:
    """Return a time; a number whose unit nobody can read stays what the source wrote."""
    if count is None and not text:
        return None
    known = UNITS.get((unit or "").strip())
    if known is not None:
        return Time(count, known, text or "")
    spoken = text or (f"{count}{unit}" if unit and unit != NO_UNIT else "")
    return Time(None if spoken and unit != NO_UNIT else count, "unknown", spoken)


def _fee(raw: _Fee) -> Fee:
    return Fee(raw.vnd, raw.note or "", raw.kind or "")


def _paper(raw: _Paper) -> Paper:
    return Paper(raw.name, raw.case or "", raw.original or 0, raw.copies or 0, raw.form or "", raw.note_only)


def _served(raw: _Full) -> tuple[Served, ...]:
    if not raw.service_level:
        return ()
    if raw.service_level not in SERVICES:
        raise RefusedError("its service level is in no vocabulary known here")
    service, level = SERVICES[raw.service_level]
    return (Served(service, level, _day_in(raw.service_since or raw.source or "")),)


def _day_in(words: str) -> str | None:
    """Return the last day that words name, or the month where they name no day of it; null where neither."""
    for found in reversed(DAY.findall(words)):
        try:
            date.fromisoformat(found if found.count("-") > 1 else f"{found}-01")
        except ValueError:
            continue
        return str(found)
    return None
