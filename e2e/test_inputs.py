"""Every kind of question as a person meets it on a phone: what helps while typing, what is asked, what comes back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.forms import KINDS, every_kind, form_page, put_out
from e2e.office import Office
from e2e.pages import FormPages
from e2e.phone import Phone
from e2e.test_pages import go, look


@pytest.fixture
def open_section(citizen: Phone, office: Office) -> Callable[[str], Page]:
    """Open a section of the form that has everything."""
    put_out(office, every_kind())

    def opened(section: str) -> Page:
        page = citizen.page
        go(page, form_page(KINDS))
        page.locator(f"a[data-section={section}]").first.click()
        expect(page.locator("h1")).to_be_focused()
        return page

    return opened


def box(page: Page, path: str) -> Locator:
    """Find the input of a path."""
    return page.locator(f'[name="{path}"]')


def block(page: Page, path: str) -> Locator:
    """Find the question of a path, with all that stands around it."""
    return page.locator(f'[data-field="{path}"]')


def kept(page: Page) -> None:
    """Wait until the page says that everything is on the phone."""
    FormPages(page).saved()


def again(page: Page) -> None:
    """Load the page anew and stay in the section."""
    kept(page)
    page.reload()
    expect(page.locator("html[data-ready]")).to_be_attached()


PASTE = """([element, text]) => { const data = new DataTransfer(); data.setData("text", text);
  element.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})); }"""


def paste(target: Locator, text: str) -> None:
    """Paste into an input as from a message."""
    target.focus()
    target.evaluate("(element, text) => (" + PASTE + ")([element, text])", text)


@pytest.mark.long
@pytest.mark.parametrize(
    ("pasted", "parts"),
    [("24/11/2026", ("24", "11", "2026")), ("2026-11-24", ("24", "11", "2026")), (" 5.5.1986 ", ("5", "5", "1986"))],
)
def test_a_pasted_date_is_spread_over_the_boxes(
    open_section: Callable[[str], Page], pasted: str, parts: tuple[str, str, str]
) -> None:
    page = open_section("plain")
    paste(box(page, "plain.day:day"), pasted)
    for name, part in zip(("day", "month", "year"), parts, strict=True):
        expect(box(page, f"plain.day:{name}")).to_have_value(part)
    kept(page)


@pytest.mark.long
def test_a_date_is_as_precise_as_it_is_known_and_shows_its_words(open_section: Callable[[str], Page]) -> None:
    page = open_section("who")
    for part, text in (("day", "7"), ("month", "05"), ("year", "1986")):
        box(page, f"who.born:{part}").fill(text)
    expect(block(page, "who.born")).to_contain_text("Ngày bảy tháng năm năm một nghìn chín trăm tám mươi sáu")
    block(page, "who.born").get_by_text("Chỉ biết năm").click()
    expect(box(page, "who.born:day")).to_be_hidden()
    expect(block(page, "who.born")).to_contain_text("Năm một nghìn chín trăm tám mươi sáu")
    again(page)
    expect(page.locator('[name="who.born:precision"][value=year]')).to_be_checked()
    expect(box(page, "who.born:year")).to_have_value("1986")


def test_a_citizen_id_is_counted_echoed_and_checked_on_going_on(open_section: Callable[[str], Page]) -> None:
    page = open_section("who")
    box(page, "who.name").fill("Lộc Thị Mẩy")
    for part, text in (("day", "7"), ("month", "5"), ("year", "1987")):
        box(page, f"who.born:{part}").fill(text)
    question, said = block(page, "who.citizen_id"), page.locator("[role=alert]")
    expect(question.locator(".error")).to_be_hidden()
    for typed, fault in (("123456789", "Đây là số CMND 9 số"), ("999 186", "anh/chị mới ghi 6 số")):
        box(page, "who.citizen_id").fill(typed)
        expect(question).to_contain_text(f"{len(typed.replace(' ', ''))}/12 số")
        expect(question).not_to_contain_text(fault)
        page.locator("[data-action=continue]").click()
        expect(said).to_contain_text(fault)
        expect(question.locator(".error")).to_contain_text(fault)
        expect(box(page, "who.citizen_id")).to_have_value(typed)
        assert page.title().startswith("Cần sửa: ")
    box(page, "who.citizen_id").fill("999.186.001.234")
    expect(question).to_contain_text("999 186 001 234")


@pytest.mark.long
def test_a_year_that_does_not_fit_the_id_is_asked_about_once_and_never_blocks(
    open_section: Callable[[str], Page],
) -> None:
    page = open_section("who")
    box(page, "who.name").fill("Lộc Thị Mẩy")
    box(page, "who.born:year").fill("1987")
    box(page, "who.citizen_id").fill("020186001234")
    page.locator("[data-action=continue]").click()
    ask = block(page, "who.citizen_id").locator(".ask")
    expect(ask).to_be_focused()
    expect(ask).to_contain_text("Theo số định danh thì sinh năm 1986, nhưng ở trên ghi 1987")
    assert look(page, "ask-id-year") == []
    ask.locator("[data-action=edit]").click()
    expect(box(page, "who.citizen_id")).to_be_focused()
    page.locator("[data-action=continue]").click()
    expect(page.locator("h1")).to_have_text("Các câu thường")

    page.locator("[data-action=review]").click()
    ask = page.locator(".ask")
    expect(ask).to_have_count(1)
    ask.locator("[data-action=still-right]").click()
    expect(ask).to_have_count(0)
    again(page)
    expect(page.locator("[data-action=submit]")).to_be_visible()
    expect(ask).to_have_count(0)


@pytest.mark.long
def test_a_commune_is_found_by_what_it_was_called_before(open_section: Callable[[str], Page]) -> None:
    page = open_section("who")
    home = block(page, "who.home")
    home.locator("input[type=search]").fill("bac viet")
    expect(home.locator("label.option:visible")).to_have_count(1)
    expect(home.locator("label.option:visible")).to_contain_text("trước là")
    home.locator("label.option:visible").click()
    ask = home.locator(".ask")
    expect(ask).to_contain_text("Xã Bắc Việt, Huyện Văn Lãng nay thuộc Xã Văn Lãng. Có đúng không?")
    ask.locator("[data-action=old-right]").click()
    expect(box(page, "who.home:old")).to_have_value("Xã Bắc Việt, Huyện Văn Lãng")
    home.locator("input[type=search]").fill("xa hoa binh")
    expect(home.locator("label.option:visible")).to_have_count(4)
    for row in home.locator("label.option:visible").all():
        expect(row).to_contain_text("Huyện")
    home.locator("label.option:visible").first.click()
    ask.locator("[data-action=elsewhere]").click()
    expect(home.locator("input[type=search]")).to_be_focused()
    expect(home.locator(":checked:not(option)")).to_have_count(0)


@pytest.mark.long
def test_an_address_that_no_list_has_is_written_as_on_the_paper(open_section: Callable[[str], Page]) -> None:
    page = open_section("who")
    home = block(page, "who.home")
    home.locator("[data-action=write-place]").click()
    box(page, "who.home:place").fill("xã Bắc Việt, huyện Văn Lãng")
    again(page)
    expect(box(page, "who.home:place")).to_have_value("xã Bắc Việt, huyện Văn Lãng")
    home.locator("[data-action=write-place]").click()
    expect(box(page, "who.home:place")).to_be_hidden()
    box(page, "who.home:province").select_option("04")
    box(page, "who.home:place").fill("xã Đức Long")
    box(page, "who.home:province").select_option(label="Nước ngoài")
    box(page, "who.home:country").select_option(label="Trung Quốc")
    box(page, "who.home:place").fill("Bằng Tường, Quảng Tây")
    again(page)
    expect(box(page, "who.home:country")).to_have_value("CN")
    page.locator("[data-action=review]").click()
    expect(page.locator("main")).to_contain_text("Bằng Tường, Quảng Tây, Trung Quốc")


@pytest.mark.long
def test_numbers_are_written_as_people_write_them(open_section: Callable[[str], Page]) -> None:
    page = open_section("plain")
    box(page, "plain.sum").fill("105000")
    expect(block(page, "plain.sum")).to_contain_text("Một trăm linh năm nghìn đồng")
    expect(box(page, "plain.sum")).to_have_value("105000")
    box(page, "plain.hour").fill("0914")
    expect(box(page, "plain.sum")).to_have_value("105.000")
    expect(block(page, "plain.words")).to_contain_text("Một trăm linh năm nghìn đồng")
    box(page, "plain.area").fill("1,50")
    box(page, "plain.number").fill("2")
    box(page, "plain.passport").fill("c1234567")
    box(page, "plain.about").fill("a" * 150)
    expect(block(page, "plain.about")).to_contain_text("Còn ghi được 50 chữ cái")
    box(page, "plain.about").fill("a" * 201)
    expect(block(page, "plain.about")).to_contain_text("dài quá 1 chữ cái")
    block(page, "plain.unit").locator("input[type=search]").fill("dong kinh")
    block(page, "plain.unit").locator("label.option:visible").first.click()
    kept(page)
    assert look(page, "every-plain-kind") == []
    page.locator("[data-action=review]").click()
    for said in ("105.000 đ", "09:14", "1,5", "C1234567", "Phường Đông Kinh"):
        expect(page.locator("main")).to_contain_text(said)


def test_a_question_stands_under_the_answer_that_opens_it_and_keeps_what_was_said(
    open_section: Callable[[str], Page],
) -> None:
    page = open_section("choose")
    order = "[...document.querySelectorAll('[data-field]')].map(e => e.dataset.field.split('.')[1])"
    assert page.evaluate(order)[:4] == ["few", "which", "why", "last"]
    expect(block(page, "choose.which")).to_be_hidden()
    block(page, "choose.few").get_by_text("Khác").click()
    expect(page.locator("#said")).to_contain_text("Hình thức khác là gì")
    box(page, "choose.which").fill("nhờ trưởng thôn")
    box(page, "choose.why").fill("ở xa")
    assert look(page, "opened-questions") == []
    block(page, "choose.few").get_by_text("Bưu điện").click()
    expect(block(page, "choose.which")).to_be_hidden()
    expect(block(page, "choose.few")).to_contain_text('Vì anh/chị đổi câu "Hình thức"')
    kept(page)
    page.locator("[data-action=review]").click()
    expect(page.locator("main")).not_to_contain_text("nhờ trưởng thôn")
    page.go_back()
    block(page, "choose.few").get_by_text("Khác").click()
    expect(box(page, "choose.which")).to_have_value("nhờ trưởng thôn")


@pytest.mark.long
def test_a_section_that_an_answer_closes_comes_back_with_it(open_section: Callable[[str], Page]) -> None:
    page = open_section("choose")
    block(page, "choose.agreed").get_by_text("Có", exact=True).click()
    kept(page)
    page.locator(".elsewhere").locator("[data-section=choose]").click()
    page.locator(".elsewhere [data-section=extra]").click()
    box(page, "extra.note").fill("điều ghi thêm")
    page.locator("[data-section=choose]").click()
    block(page, "choose.agreed").get_by_text("Không", exact=True).click()
    expect(block(page, "choose.agreed")).to_contain_text('phần "Phần thêm" không cần nữa')
    block(page, "choose.agreed").get_by_text("Có", exact=True).click()
    expect(block(page, "choose.agreed")).not_to_contain_text("không cần nữa")
    page.locator("[data-action=review]").click()
    expect(page.locator("main")).to_contain_text("điều ghi thêm")


@pytest.mark.long
def test_rows_are_cards_that_can_be_had_back(open_section: Callable[[str], Page]) -> None:
    page = open_section("children")
    expect(page.get_by_label("Không có ai")).not_to_be_checked()
    page.get_by_text("Không có ai").click()
    again(page)
    expect(page.get_by_label("Không có ai")).to_be_checked()
    for name in ("Triệu Mùi Ghển", "Lý A Páo"):
        page.locator("[data-action=add-row]").click()
        page.locator('[name$="/name"]').fill(name)
        page.locator('[name$="/citizen_id"]').fill("020186001234")
        page.locator('[name$="/born:day"]').fill("1")
        page.locator('[name$="/born:month"]').fill("2")
        page.locator('[name$="/born:year"]').fill("2020")
        page.locator("[data-action=continue]").click()
    cards = page.locator(".cards .card")
    expect(cards).to_have_text(["Triệu Mùi Ghển · 01/02/2020", "Lý A Páo · 01/02/2020"])
    expect(page.locator("[data-action=no-rows]")).to_have_count(0)
    assert look(page, "rows-cards") == []
    page.locator("[data-action=remove-row]").first.click()
    expect(cards).to_have_count(1)
    expect(page.locator("[data-action=undo-row]")).to_be_focused()
    page.locator("[data-action=undo-row]").click()
    expect(cards).to_have_count(2)
    page.locator("[data-action=remove-row]").last.click()
    again(page)
    page.locator(".gone summary").click()
    expect(page.locator(".gone")).to_contain_text("Lý A Páo")
    assert look(page, "rows-removed") == []
    page.locator("[data-action=bring-row]").click()
    expect(cards).to_have_count(2)


@pytest.mark.long
def test_who_repairs_from_the_review_comes_back_to_it(open_section: Callable[[str], Page]) -> None:
    page = open_section("who")
    page.locator("[data-action=review]").click()
    page.locator("[data-action=submit]").click()
    expect(page.locator("[role=alert]")).to_be_focused()
    page.locator("[role=alert]").get_by_text("Chưa chọn Hình thức").click()
    expect(block(page, "choose.few").locator("input").first).to_be_focused()
    page.keyboard.press("Space")
    page.locator("[data-action=continue]").click()
    expect(page.locator("[data-action=submit]")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Bưu điện")
