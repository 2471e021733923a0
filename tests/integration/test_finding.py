"""What `/thu-tuc` and `/tim` answer: the same hits in the same order, with and without script."""

import re

import httpx
import pytest

from tests.integration.caller import Caller

ROW = re.compile(r'<li data-procedure="([0-9.]+)">')


def rows(http: httpx.Client, query: str) -> list[str]:
    answer = http.get(f"/thu-tuc{query}", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    return ROW.findall(answer.text)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("dk khai sinh", "1.001193"),
        ("giay doc than", "1.004873"),
        ("photo cong chung", "2.000815"),
        ("mat giay khai sinh", "2.000635"),
    ],
)
def test_everyday_words_find_without_script(nobody: Caller, words: str, first: str) -> None:
    assert rows(nobody.http, f"?q={words}")[0] == first
    found = nobody.http.get("/tim", params={"q": words}).json()
    assert [each["code"] for each in found["hits"]] == rows(nobody.http, f"?q={words}")
    assert found["count"] == len(found["hits"])
    assert found["near"] == []
    assert found["total"] >= 4


def test_without_a_hit_the_page_keeps_the_words_and_says_what_is_near(nobody: Caller) -> None:
    page = nobody.http.get("/thu-tuc", params={"q": "qqqq zzzz"}).text
    assert 'value="qqqq zzzz"' in page
    assert page.count('<a href="/thu-tuc?q=') == 3
    assert len(nobody.http.get("/tim", params={"q": "qqqq zzzz"}).json()["near"]) == 3


def test_lists_are_narrowed_by_life_event_and_level(nobody: Caller) -> None:
    assert set(rows(nobody.http, "?viec=chung-thuc")) >= {"2.000815"}
    assert "1.001193" not in rows(nobody.http, "?viec=chung-thuc")
    assert rows(nobody.http, "?cap=bo") == ["2.000908"]
    assert rows(nobody.http, "?viec=khong-co") == []
    assert (
        nobody.http.get("/tim", params={"q": "khai sinh", "viec": "sinh-con"}).json()["hits"][0]["code"] == "1.001193"
    )


def test_a_row_says_where_how_long_and_that_it_needs_no_network(nobody: Caller) -> None:
    page = nobody.http.get("/thu-tuc?q=doc than").text
    assert "Xã, phường" in page
    assert "3 ngày làm việc" in page
    assert "Điền được khi không mạng" in page


def test_words_of_any_length_and_kind_are_answered(nobody: Caller) -> None:
    for words in ("a" * 5_000, "\x00", '" OR 1=1 --', "NEAR(", "*", "😀", "ế" * 300, "-" * 200):
        assert nobody.http.get("/thu-tuc", params={"q": words}).status_code == 200, words
        assert nobody.http.get("/tim", params={"q": words, "cap": words}).status_code == 200, words


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/gioi-thieu", "không phải Cổng Dịch vụ công quốc gia"),
        ("/giup-do", "bộ phận một cửa"),
        ("/rieng-tu", "Ai xem được"),
        ("/tiep-can", "WCAG 2.2"),
        ("/thu-tuc/1.001193/giay-to", "Giấy chứng sinh"),
    ],
)
def test_a_public_page_reads_without_script_and_is_linked_from_the_foot_of_pages(
    nobody: Caller, path: str, says: str
) -> None:
    page = nobody.http.get(path).text
    assert says in page
    assert "<h1" in page
    foot = nobody.http.get("/").text.partition('class="foot"')[2].partition("</nav>")[0]
    assert path in foot or "giay-to" in path
    assert nobody.http.get(f"{path}/khong-co").status_code == 404


def test_a_procedure_with_a_form_is_called_by_its_own_name_and_found_by_both(nobody: Caller) -> None:
    own, title = "Cấp Giấy xác nhận tình trạng hôn nhân", "Tờ khai cấp Giấy xác nhận tình trạng hôn nhân"
    for path in ("/", "/thu-tuc", "/thu-tuc?q=to+khai+xac+nhan+tinh+trang+hon+nhan", "/thu-tuc/1.004873"):
        page = nobody.http.get(path, headers={"Accept": "text/html"}).text
        assert own in page, path
        assert f">{title}<" not in page, path
    assert title in nobody.http.get("/to-khai/1.004873").text


@pytest.mark.parametrize(
    ("unit", "says"),
    [
        ("Bắc Việt, Văn Lãng", "Xã Bắc Việt nay thuộc Xã Văn Lãng."),
        ("xa bac viet", "Xã Bắc Việt nay thuộc Xã Văn Lãng."),
        ("Bính Xá", "Xã Bính Xá nay thuộc Xã Kiên Mộc, Xã Đình Lập."),
        ("06622-2025", "Xã Bính Xá nay thuộc Xã Kiên Mộc, Xã Đình Lập."),
        ("Phường Kỳ Lừa", "Thủ tục làm tại Phường Kỳ Lừa."),
        ("06154", "Thủ tục làm tại Xã Văn Lãng."),
    ],
)
def test_an_office_is_found_by_its_code_and_by_what_it_was_called(nobody: Caller, unit: str, says: str) -> None:
    page = nobody.http.get("/thu-tuc", params={"don_vi": unit}, headers={"Accept": "text/html"}).text
    assert says in page
    assert "tới bộ phận một cửa để hỏi" in page
    assert "1.001193" in rows(nobody.http, f"?don_vi={unit}")
    told = nobody.http.get("/tim", params={"q": "khai sinh", "don_vi": unit}).json()
    assert told["hits"][0]["code"] == "1.001193"
    assert told["place"]["phones"] == []


def test_words_that_find_nothing_may_name_a_place_and_what_is_no_place_finds_nothing(nobody: Caller) -> None:
    told = nobody.http.get("/tim", params={"q": "xã Bắc Việt"}).json()
    assert told["place"] == {"ended": "Xã Bắc Việt", "now": "Xã Văn Lãng", "phones": []}
    assert "1.001193" in [each["code"] for each in told["hits"]]
    assert nobody.http.get("/tim", params={"don_vi": "Atlantis"}).json()["hits"] == []
    assert "1.001193" not in rows(nobody.http, "?don_vi=Sở Xây dựng")
