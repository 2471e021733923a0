"""Procedures to find among, and what people ask for with the right answers, written down before anything was tuned."""

import json
import os
from pathlib import Path
from typing import Any, Final

from msgspec import convert

from schemas.finding.ranking import Record

HERE: Final = Path(__file__).parent
QUERIES: Final[list[dict[str, Any]]] = json.loads((HERE / "queries.json").read_bytes())
RECORDS: Final = convert(json.loads((HERE / "records.json").read_bytes()), list[Record])
#: Where the national portal's records are on machines that have them; they are no part of the project.
NATIONAL: Final = Path(os.environ.get("MOTCUA_NATIONAL_DATA", HERE.parents[2] / "shared" / "data"))


def national() -> list[Record]:
    """Return all procedures of the national files, with those above in place of theirs.

    Raises:
        FileNotFoundError: the files are not on this machine.
    """
    lines = json.loads((NATIONAL / "catalogue.json").read_bytes())
    full = json.loads((NATIONAL / "procedures.json").read_bytes())
    found = {each["code"]: Record(each["code"], each["name_vi"], each["field"] or "") for each in lines}
    found |= {
        each["code"]: Record(each["code"], each["name_vi"], each["field"] or "", tuple(each["levels"])) for each in full
    }
    return list((found | {each.code: each for each in RECORDS}).values())
