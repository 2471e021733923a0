"""How long the catalogue takes: a file of the national list taken for the first time and again, and finding in it."""

import io
import itertools
import json
import random
import statistics
import time
from contextlib import closing
from pathlib import Path

from server.catalogue.importing import import_file
from server.catalogue.listing import listed_with
from server.finder import Finder
from server.store.database import connect, migrate
from server.store.procedures import procedures

QUERIES = Path(__file__).resolve().parents[1] / "finding" / "queries.json"
WORDS = [
    "đăng",
    "ký",
    "cấp",
    "lại",
    "giấy",
    "phép",
    "xác",
    "nhận",
    "hộ",
    "kinh",
    "doanh",
    "đất",
    "đai",
    "chứng",
    "thực",
    "khai",
    "sinh",
    "kết",
    "hôn",
    "người",
    "cao",
    "tuổi",
]
NAME_WORDS = 9


def national_list(lines: int) -> bytes:
    """Make a file of the national list's shape, always the same."""
    drawn = random.Random(1)
    return json.dumps(
        [
            {
                "code": f"1.{n:06}", "name_vi": " ".join(drawn.choices(WORDS, k=NAME_WORDS)), "field": "Hộ tịch",
                "departments": ["Bộ Tư pháp"], "promulgator": "Bộ Tư pháp", "type": "STANDARD", "state": "ACTIVE",
                "portal_id": f"{n}",
            }
            for n in range(lines)
        ],
        ensure_ascii=False,
    ).encode()  # fmt: skip


def take_and_find(data: Path, lines: int) -> dict[str, float]:
    """Return milliseconds: the file taken, taken again, the index made, and a query's median and 95th percentile."""
    migrate(data)
    file, marks = national_list(lines), [time.perf_counter()]
    with closing(connect(data)) as conn:
        for _ in range(2):
            import_file(conn, io.BytesIO(file), 0, dry_run=False, progress=lambda _: None)
            marks.append(time.perf_counter())
        finder = Finder(listed_with(procedures(conn), [], {}))
        marks.append(time.perf_counter())
    took = []
    for query in json.loads(QUERIES.read_text(encoding="utf-8")):
        begun = time.perf_counter()
        finder.find(query["q"])
        took.append((time.perf_counter() - begun) * 1000)
    first, again, index = ((after - before) * 1000 for before, after in itertools.pairwise(marks))
    return {
        "first": first, "again": again, "index": index, "find": statistics.median(took),
        "find_p95": statistics.quantiles(took, n=20)[-1],
    }  # fmt: skip
