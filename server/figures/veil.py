"""What the public may see: no count below five, and none that follows from the others by taking away.

Rule 1. A count of 1 to 4 is hidden; 0 says nothing about anybody.
Rule 2. Of a whole and a part, the part is hidden too where the rest is below five: whole − part would be the rest.
Rule 3. In a column with a total, what is hidden is never a single row, nor fewer than five together.
Rule 4. A share is shown only where its part and its whole are.
"""

from typing import Any, Final

from server.figures import report

LEAST: Final = 5
#: Part → its whole. A part is hidden with its whole.
PARTS: Final = {"online": "new", "assisted": "new", "in_time": "finished", "overdue": "finished"}
COLUMNS: Final = ("new", "finished", *PARTS)
SHARES: Final = {share: part for share, (part, _) in report.SHARES.items()}


def veiled(total: dict[str, Any], rows: list[dict[str, Any]]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return a total and its rows with null in the place of what is hidden; each says which columns are."""
    hidden = [_small(row) for row in rows]
    for column in ("new", "finished", *PARTS):
        _together(column, rows, hidden)
        for part, whole in PARTS.items():
            if whole == column:
                for row in hidden:
                    row.update({part} if whole in row else ())
    return _shown(total, _small(total)), [_shown(row, each) for row, each in zip(rows, hidden, strict=True)]


def veiled_months(months: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return months with null in the place of what is hidden of those handed in: a year's total tells of none."""
    hidden = [{"new"} if 0 < month["new"] < LEAST else set[str]() for month in months]
    _together("new", months, hidden)
    return [{**month, "new": None if each else month["new"]} for month, each in zip(months, hidden, strict=True)]


def _small(row: dict[str, Any]) -> set[str]:
    small = {name for name in COLUMNS if 0 < row[name] < LEAST}
    for part, whole in PARTS.items():
        if whole in small or 0 < row[whole] - row[part] < LEAST:
            small.add(part)
    if {"in_time", "overdue"} & small:  # together they are what was finished
        small |= {"in_time", "overdue"}
    return small


def _together(column: str, rows: list[dict[str, Any]], hidden: list[set[str]]) -> None:
    """Hide further rows of a column, the smallest first, until what is hidden cannot be told from its total."""
    gone = [row[column] for row, each in zip(rows, hidden, strict=True) if column in each]
    if not gone:
        return
    shown = sorted(
        (row[column], place) for place, row in enumerate(rows) if column not in hidden[place] and row[column]
    )
    while shown and (len(gone) < 2 or sum(gone) < LEAST):  # noqa: PLR2004 - two hide each other
        count, place = shown.pop(0)
        hidden[place].add(column)
        if column in ("in_time", "overdue"):
            hidden[place] |= {"in_time", "overdue"}
        gone.append(count)


def _shown(row: dict[str, Any], hidden: set[str]) -> dict[str, Any]:
    shares = {share for share, part in SHARES.items() if part in hidden or PARTS[part] in hidden}
    return {
        **{name: None if name in hidden or name in shares else value for name, value in row.items()},
        "hidden": sorted(hidden | shares),
    }
