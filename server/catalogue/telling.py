"""A procedure as its page tells it: every amount with its conditions, every gap in what is known said as one."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from schemas.catalogue import Channel, Fee, Paper, Procedure, Time
from server.catalogue.listing import short_time
from server.texts import text

CUT: Final = "…"
#: What the sources write where there is nothing to pay or to say.
EMPTY_NOTES: Final = ("không", "không.", "không quy định", "không quy định.", "không có", "không có.")


class Case(Struct, frozen=True):
    """The papers of a case; the first has no name where they are always asked for."""

    name: str
    papers: tuple[Paper, ...]


class Line(Struct, frozen=True):
    """A sentence, and the channels it is about; none where it is about all."""

    channels: tuple[Channel, ...]
    words: str


class Told(Struct, frozen=True):
    """What a page needs beside the record itself."""

    cases: tuple[Case, ...]
    times: tuple[Line, ...]
    fees: tuple[Line, ...]
    channels: tuple[Channel, ...]
    service: str
    checked: str
    is_parsed: bool


def told_of(procedure: Procedure) -> Told:
    """Return what a procedure's page says."""
    served = procedure.present
    return Told(
        tuple(_cases(procedure.papers)),
        tuple(_times(procedure)),
        tuple(_fees(procedure)),
        tuple(dict.fromkeys(each.channel for each in procedure.methods)),
        f"catalogue.served_{served.service}" if served else "",
        "/".join(reversed((procedure.checked or "").split("-"))),
        procedure.quality.startswith("parsed"),
    )


def _cases(papers: tuple[Paper, ...]) -> Iterator[Case]:
    for name in sorted({paper.case for paper in papers}, key=lambda case: (case != "", _first(papers, case))):
        yield Case(name.strip(" *:"), tuple(paper for paper in papers if paper.case == name))


def _first(papers: tuple[Paper, ...], case: str) -> int:
    return next(n for n, paper in enumerate(papers) if paper.case == case)


def _times(procedure: Procedure) -> Iterator[Line]:
    """Give the time for all, or where the source tells it by channel only, those."""
    if procedure.time is not None:
        yield Line((), time_words(procedure.time))
        return
    said: dict[str, list[Channel]] = {}
    for method in procedure.methods:
        if method.time is not None:
            said.setdefault(time_words(method.time), []).append(method.channel)
    yield from _lines(said, procedure)


def time_words(time: Time) -> str:
    """Return a time as words, those of the source where its unit is not known."""
    words = time.text if time.text and (time.unit == "unknown" or not time.count) else ""
    if time.unit == "unknown" and time.count is not None:
        return text("catalogue.time_unknown", n=time.count)
    longer = time.text if len(time.text) > len(short_time(time)) + 2 else ""
    return words or longer or short_time(time)


def _fees(procedure: Procedure) -> Iterator[Line]:
    said: dict[str, list[Channel]] = {}
    for method in procedure.methods:
        for fee in method.fees:
            channels = said.setdefault(fee_words(fee), [])
            if method.channel not in channels:
                channels.append(method.channel)
    if said:
        yield from _lines(said, procedure)
    else:
        yield Line((), fee_words(procedure.fee) if procedure.fee is not None else text("catalogue.fee_unknown"))


def fee_words(fee: Fee) -> str:
    """Return what is paid, never the amount alone."""
    note = "" if fee.note.strip().casefold() in EMPTY_NOTES else fee.note.strip()
    if fee.vnd == 0 and not note:
        return text("catalogue.fee_none")
    amount = f"{fee.vnd:,} đ".replace(",", ".") if fee.vnd and f"{fee.vnd:,}".replace(",", ".") not in note else ""
    conditions = note or text("catalogue.fee_ask")
    cut = text("catalogue.fee_cut") if note.endswith((CUT, f"{CUT})")) else ""
    head = " ".join(part for part in (fee.kind.capitalize(), amount) if part)
    return " ".join(part for part in (f"{head}:" if head else "", conditions, cut) if part)


def _lines(said: dict[str, list[Channel]], procedure: Procedure) -> Iterator[Line]:
    every = {method.channel for method in procedure.methods}
    for words, channels in said.items():
        yield Line(() if set(channels) == every else tuple(channels), words)
