"""Dossiers for the demo, with papers: sent by demo citizens on everybody's road, through engine and uploads.

Some files are whole, one is on its way and stays there: its phone went out of reach.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from server.demo_sheets import bound, photographed, sheet
from server.ids import new_id
from server.services.syncing import push_ops
from server.settings import Settings
from server.store.people import actor_of, find_user
from server.store.store import Store, now_ms
from server.uploads import tus
from server.uploads.keeper import serving_uploads
from server.uploads.uploads import Uploads

UNIT: Final = "06154"
HOME: Final = {"province": "20", "commune": UNIT, "detail": "Thôn Mẫu"}
JPEG: Final = "image/jpeg"
PDF: Final = "application/pdf"
SENT: Final = "applied"


class Paper(Struct, frozen=True):
    """A file for a slot; ``arrives`` is how much of it comes, 1 for the whole."""

    slot: str
    page: int
    content: bytes
    media: str = JPEG
    arrives: float = 1


class Application(Struct, frozen=True):
    """What one demo citizen applies for, with ``form`` as ``procedure@version``."""

    user: str
    form: str
    values: dict[str, Any]
    papers: Sequence[Paper]


def applications() -> list[Application]:
    """Return what the demo citizens apply for; drawing it takes a moment."""
    return [
        Application("demo-3", "1.001193@1", _birth(), _birth_papers()),
        Application("demo-4", "1.004873@1", _marital(), _marital_papers()),
    ]


async def fill(data: Path) -> int:
    """Send the demo's applications to a data directory that has no dossier; return how many."""
    store = Store(data)
    try:
        if store.conn.execute("SELECT 1 FROM dossier LIMIT 1").fetchone() is not None:
            return 0
        drawn = await asyncio.to_thread(applications)
        async with serving_uploads(Settings(data=data), store) as uploads:
            for each in drawn:
                await _send(store, uploads, each)
        return len(drawn)
    finally:
        await asyncio.to_thread(store.close)


async def _send(store: Store, uploads: Uploads, application: Application) -> None:
    found = find_user(store.conn, application.user)
    if found is None:
        raise AssertionError("the demo's people come first")
    ops = _ops(application)
    results = await push_ops(store, found.id, [msgspec.json.encode(op) for op in ops])
    if any(result.outcome != SENT for result in results):
        raise AssertionError(f"the demo's own application is not taken: {results}")
    actor = actor_of(store.conn, found.id, now_ms())
    for paper in application.papers:
        asked = tus.Creation(len(paper.content), "", _digest(paper.content))
        upload = await uploads.create(actor, asked)
        sent = paper.content[: int(len(paper.content) * paper.arrives)]
        await uploads.write(actor.person, upload.id, 0, None, len(sent), partial(_request, sent))


async def _request(body: bytes) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": False}


def _ops(application: Application) -> list[dict[str, Any]]:
    dossier = new_id(now_ms())

    def op(kind: str, **keys: Any) -> dict[str, Any]:
        at = now_ms()
        return {"id": new_id(at), "dossier": dossier, "type": kind, "at": at, "form": application.form, **keys}

    procedure = application.form.partition("@")[0]
    ops = [op("create", procedure=procedure, unit=UNIT, channel="online"), op("patch", set=application.values)]
    ops += [
        op(
            "attach", slot=paper.slot, page=paper.page, sha256=_digest(paper.content), bytes=len(paper.content),
            media=paper.media, name=f"trang{paper.page}" + (".pdf" if paper.media == PDF else ".jpg"),
        )
        for paper in application.papers
    ]  # fmt: skip
    return [*ops, op("submit", expect={"state": "draft"}, after=[each["id"] for each in ops])]


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _birth() -> dict[str, Any]:
    return {
        "applicant.full_name": "Nông Thị Sen", "applicant.born": "1994-05-12", "applicant.phone": "0987000003",
        "applicant.citizen_id": "999194000003", "applicant.residence": HOME, "applicant.relation": "mother",
        "child.full_name": "Hoàng Thị Mẫu Hằng", "child.born": "2026-11-20", "child.sex": "female",
        "child.ethnic_group": "tay", "child.nationality": "vn",
        "birth.case": "both_parents", "birth.place_kind": "facility", "birth.facility": "Cơ sở y tế mẫu",
        "birth.place": HOME, "birth.native_place": HOME,
        "mother.full_name": "Nông Thị Sen", "mother.born": "1994-05-12", "mother.citizen_id": "999194000003",
        "mother.residence_kind": "permanent", "mother.residence": HOME,
        "father.full_name": "Hoàng Văn Mẫu", "father.born": "1992", "father.citizen_id": "999092000031",
        "father.residence_kind": "permanent", "father.residence": HOME,
        "parents.mother_ethnic_group": "tay", "parents.mother_nationality": "vn",
        "parents.father_ethnic_group": "nung", "parents.father_nationality": "vn",
        "marriage.registered": False, "result.copies_wanted": False, "result.channel": "counter",
        "result.pledge": True,
    }  # fmt: skip


def _birth_papers() -> list[Paper]:
    front = [
        "Họ và tên mẹ: Nông Thị Sen", "Sinh ngày: 12/05/1994; dân tộc: Tày", "Số giấy tờ: 999 194 000 003",
        "Nơi ở: thôn Mẫu, xã Văn Lãng, tỉnh Lạng Sơn", "Đã sinh con lúc 08 giờ 15, ngày 20/11/2026",
        "Tại: cơ sở y tế mẫu", "Số con trong lần sinh này: 1",
    ]  # fmt: skip
    back = ["Giới tính của con: nữ; cân nặng: 3 000 g", "Dự định đặt tên con: Hoàng Thị Mẫu Hằng", "Ghi chú: không"]
    return [
        Paper("birth_paper", 1, photographed(sheet("Giấy chứng sinh", front, 1), 1.6)),
        Paper("birth_paper", 2, photographed(sheet("Giấy chứng sinh (tiếp)", back, 2), -1.1)),
    ]


def _marital() -> dict[str, Any]:
    person = {"full_name": "Triệu Mùi Ghến", "born": "1988", "citizen_id": "999188000004", "residence": HOME}
    return {
        **{f"applicant.{key}": value for key, value in person.items()},
        **{f"subject.{key}": value for key, value in person.items()},
        "applicant.phone": "0987000004", "applicant.relation": "self",
        "person.sex": "female", "person.ethnic_group": "dao", "person.nationality": "vn",
        "marital.status": "divorced", "marital.spouse_name": "Đặng Văn Mẫu",
        "marital.ruling_number": "00/2024/QĐST-HNGĐ", "marital.ruling_date": "2024-03-05",
        "marital.ruling_court": "Tòa án mẫu", "purpose.purpose": "loan", "purpose.issued_before": False,
        "result.copies": 1, "result.channel": "counter", "result.pledge": True,
    }  # fmt: skip


def _marital_papers() -> list[Paper]:
    ruling = ["Nguyên đơn: Triệu Mùi Ghến", "Bị đơn: Đặng Văn Mẫu", "Quyết định: thuận tình ly hôn", "Ngày: 05/03/2024"]
    second = ["Con chung: không", "Tài sản chung: tự thỏa thuận", "Án phí: đã nộp đủ"]
    letter = ["Tôi là: Triệu Mùi Ghến", "Ủy quyền cho: Vi Văn Thắng", "Việc: nộp hồ sơ và nhận kết quả thay tôi"]
    pages = [sheet("Quyết định ly hôn", ruling, 1), sheet("Quyết định ly hôn (tiếp)", second, 2)]
    return [
        Paper("divorce_ruling", 1, bound(pages), PDF),
        Paper("authorisation", 1, photographed(sheet("Giấy ủy quyền", letter, 1), 0.8), arrives=0.4),
    ]
