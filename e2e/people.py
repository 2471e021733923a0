"""Whom the journeys are about: answers to the form by path, canonical, with the longest names people really have."""

from typing import Any, Final

CITIZEN_ID: Final = "999186001234"
NAME: Final = "Hoàng Thị Ngọc Ánh Tuyết"

#: A woman who asks for herself, to marry: every section that applies, every kind of input the form has.
SINGLE: Final[dict[str, Any]] = {
    "applicant.full_name": NAME,
    "applicant.born": "1986-05-07",
    "applicant.citizen_id": CITIZEN_ID,
    "applicant.residence": {
        "country": "VN",
        "province": "20",
        "commune": "06154",
        "detail": "thôn Kéo Vặn, cạnh suối Đồng Ẻn",
    },
    "applicant.phone": "0987654321",
    "applicant.relation": "self",
    "person.sex": "female",
    "person.ethnic_group": "nung",
    "person.nationality": "vn",
    "marital.status": "divorced",
    "marital.spouse_name": "Lộc Văn Đẩu",
    "marital.ruling_number": "17/2019/QĐST-HNGĐ",
    "marital.ruling_date": "2019-11-03",
    "marital.ruling_court": "Tòa án nhân dân huyện Văn Lãng, tỉnh Lạng Sơn",
    "purpose.purpose": "marriage",
    "purpose.spouse_name": "Triệu Mùi Ghển",
    "purpose.spouse_born": "1984-12",
    "purpose.spouse_nationality": "vn",
    "purpose.spouse_paper": "Thẻ căn cước 999084004321",
    "purpose.register_at": "Ủy ban nhân dân xã Hội Hoan, tỉnh Lạng Sơn",
    "purpose.issued_before": False,
    "result.copies": 2,
    "result.channel": "counter",
    "result.pledge": True,
}

#: The section and the field that the tests of saving write into.
LONG_ANSWER: Final = ("applicant", "applicant.other_paper")
