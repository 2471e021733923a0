"""Files of units as they come: the shapes of ``units.json`` and ``agencies.json``, record by record.

A record that cannot be read, and one that contradicts another, is refused with a reason; nothing is guessed or mended.
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from schemas.folding import folded
from server.store.catalogue import Unit
from server.units.kinds import COMMITTEE, WRITTEN, kind_of_place
from server.units.tree import cycles

FILE_BYTES_MAX: Final = 32 * 1024 * 1024
RECORDS_MAX: Final = 20_000
ID_LETTERS_MAX: Final = 40

Name = Annotated[
    str, Meta(min_length=2, max_length=200, pattern=r"^[^<>\x00-\x1f\x7f]*[^<>\x00-\x1f\x7f\s][^<>\x00-\x1f\x7f]*$")
]
Official = Annotated[str, Meta(pattern=r"^H[0-9]{2}(\.[0-9]{1,3}){0,3}$")]
Code = Annotated[str, Meta(pattern=r"^[0-9]{5}$")]
DistrictCode = Annotated[str, Meta(pattern=r"^[0-9]{3}$")]
Phone = Annotated[str, Meta(pattern=r"^(0[0-9]{8,10}|1[0-9]{3,8})$")]
T = TypeVar("T")


class UnreadableFile(Exception):
    """A file that is no file of units at all."""


class Refusal(Struct):
    """A record that is left out, and why."""

    index: int
    code: str | None
    reason: str
    list: str | None = None


class Agency(Struct):
    """A record of ``agencies``."""

    name: Name
    kind: Literal[
        "ubnd_tinh", "so", "don_vi_su_nghiep", "trung_tam_hcc", "ban", "nganh_doc", "huyen", "phong", "ubnd_xa"
    ]
    short: Name | None = None
    code: Official | None = None
    parent: Annotated[str, Meta(max_length=ID_LETTERS_MAX)] | None = None
    unit_code: Code | None = None
    confidence: str | None = None
    phone: Phone | None = None


class Place(Struct):
    """A code with a name, as successors are named."""

    code: Code
    name: Name


class NewUnit(Place):
    """A record of ``new_units``."""


class OldCommune(Place):
    """A record of ``old_communes``."""

    district_code: DistrictCode
    new: Annotated[list[Place], Meta(min_length=1, max_length=20)]


class OldDistrict(Struct):
    """A record of ``old_districts``."""

    code: DistrictCode
    name: Name


class Read(Struct):
    """What a file says: units, who came after whom, and the records that say nothing usable."""

    units: dict[str, Unit]
    after: dict[str, list[str]]
    refused: list[Refusal]


def read_file(raw: bytes, known: Mapping[str, Unit]) -> Read:
    """Read a file of either shape beside the units that are known.

    Raises:
        UnreadableFile: it is not JSON, or of another shape.
    """
    if len(raw) > FILE_BYTES_MAX:
        raise UnreadableFile(f"more than {FILE_BYTES_MAX} bytes")
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError) as fault:
        raise UnreadableFile(f"no JSON: {fault}") from None
    if isinstance(said, dict) and isinstance(said.get("agencies"), list):
        return _agencies(_bounded(said["agencies"]), known)
    if isinstance(said, dict) and isinstance(said.get("new_units"), list):
        return _places(said, known)
    raise UnreadableFile('neither "agencies" nor "new_units" is a list in it')


def _agencies(records: list[Any], known: Mapping[str, Unit]) -> Read:
    read = Read({}, {}, [])
    rows = [(index, each) for index, each in _records(records, Agency, read.refused)]
    ids = {unit.official_code: unit.id for unit in known.values() if unit.official_code is not None}
    ids |= {each.code: _id(each) for _, each in rows if each.code is not None}
    where = {}
    for index, each in rows:
        unit = _agency(each, known, ids)
        reason = unit if isinstance(unit, str) else "the same unit twice" if unit.id in read.units else None
        if isinstance(unit, str) or reason is not None:
            read.refused.append(Refusal(index, each.code or each.unit_code, str(reason)))
            continue
        read.units[unit.id] = unit
        where[unit.id] = (index, each.code or each.unit_code)
    merged = {**known, **read.units}
    for caught in sorted(cycles({key: unit.parent for key, unit in merged.items()}) & where.keys()):
        read.refused.append(Refusal(*where[caught], "it is above itself"))
    codes = [unit.official_code for unit in merged.values() if unit.official_code is not None]
    for key, (index, code) in where.items():
        official = read.units[key].official_code
        if official is not None and codes.count(official) > 1:
            read.refused.append(Refusal(index, code, "two units have this official code"))
    read.refused.sort(key=lambda each: each.index)
    return read


def _agency(each: Agency, known: Mapping[str, Unit], ids: Mapping[str, str]) -> Unit | str:
    """Return the unit that a record makes of what is known, or why it makes none."""
    parent = None if each.parent is None else ids.get(each.parent, each.parent if each.parent in known else None)
    if each.parent is not None and parent is None:
        return f"the unit above it is not known: {each.parent}"
    identifier = _id(each)
    before = known.get(identifier)
    if (each.kind == COMMITTEE) != (each.unit_code is not None):
        return "a committee of a commune, and nothing else, has a unit_code"
    if each.kind == COMMITTEE and before is None:
        return f"there is no commune or ward {each.unit_code}"
    name, official = _clean(each.name), each.code or (before.official_code if before is not None else None)
    if before is not None and each.kind == COMMITTEE:
        return msgspec.structs.replace(
            before,
            agency=name,
            official_code=official,
            parent=parent or before.parent,
            phone=each.phone or before.phone,
        )
    made = Unit(
        identifier, WRITTEN[each.kind], name, official, parent, "", None,
        short=each.short and _clean(each.short), confirmed=each.confidence in (None, "high"),
        phone=each.phone or (before.phone if before is not None else None),
    )  # fmt: skip
    return (
        made
        if before is None
        else msgspec.structs.replace(made, valid_from=before.valid_from, valid_to=before.valid_to)
    )


def _places(said: dict[str, Any], known: Mapping[str, Unit]) -> Read:
    try:
        begun = msgspec.convert(said.get("effective"), date)
    except msgspec.ValidationError as fault:
        raise UnreadableFile(f"effective: {fault}") from None
    since, last = begun.isoformat(), (begun - timedelta(days=1)).isoformat()
    read = Read({}, {}, [])
    province = next((unit.id for unit in known.values() if unit.kind == "province"), None)
    for index, place in _records(_bounded(said["new_units"]), NewUnit, read.refused, "new_units"):
        before = known.get(place.code)
        made = Unit(place.code, kind_of_place(place.name), _clean(place.name), None, province, since)
        if before is not None:
            made = msgspec.structs.replace(
                before, kind=made.kind, name=made.name, valid_from=since, parent=before.parent or province
            )
        _put(read, made, index, place.code, "new_units")
    for index, each in _records(_listed(said, "old_districts"), OldDistrict, read.refused, "old_districts"):
        _put(
            read,
            Unit(each.code, "district", _clean(each.name), None, province, "", last),
            index,
            each.code,
            "old_districts",
        )
    merged = {**known, **read.units}
    for index, old in _records(_listed(said, "old_communes"), OldCommune, read.refused, "old_communes"):
        unknown = [place.code for place in old.new if place.code not in merged]
        if old.district_code not in merged or unknown:
            reason = f"not known: {', '.join(unknown) or old.district_code}"
            read.refused.append(Refusal(index, old.code, reason, "old_communes"))
            continue
        identifier = former_id(old.code, last)
        made = Unit(identifier, kind_of_place(old.name), _clean(old.name), None, old.district_code, "", last)
        if _put(read, made, index, old.code, "old_communes"):
            read.after[identifier] = sorted({place.code for place in old.new})
            read.after[old.district_code] = sorted({*read.after.get(old.district_code, ()), *read.after[identifier]})
    return read


def _put(read: Read, unit: Unit, index: int, code: str, which: str) -> bool:
    if unit.id in read.units:
        read.refused.append(Refusal(index, code, "the same unit twice", which))
        return False
    read.units[unit.id] = unit
    return True


def _records(
    records: list[Any], of: type[T], refused: list[Refusal], which: str | None = None
) -> Iterator[tuple[int, T]]:
    for index, record in enumerate(records):
        try:
            yield index, msgspec.convert(record, of)
        except (msgspec.ValidationError, ValueError) as fault:
            code = record.get("code") or record.get("unit_code") if isinstance(record, dict) else None
            refused.append(Refusal(index, code if isinstance(code, str) else None, str(fault), which))


def _listed(said: dict[str, Any], key: str) -> list[Any]:
    found = said.get(key, [])
    if not isinstance(found, list):
        raise UnreadableFile(f"{key} is no list")
    return _bounded(found)


def _bounded(records: list[Any]) -> list[Any]:
    if len(records) > RECORDS_MAX:
        raise UnreadableFile(f"more than {RECORDS_MAX} records")
    return records


def _id(each: Agency) -> str:
    """Return our own id of an agency: a commune's code, else its short name as a word."""
    if each.unit_code is not None:
        return each.unit_code
    plain = folded(each.short or each.name)
    return "-".join("".join(letter if letter.isascii() and letter.isalnum() else " " for letter in plain).split())[
        :ID_LETTERS_MAX
    ]


def _clean(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


def former_id(code: str, last: str) -> str:
    """Return our own id of a commune that ended, whose code another may have now."""
    return f"{code}-{last[:4]}"
