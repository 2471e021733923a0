"""The QR code on a citizen's card fills in what stands beside the ID: from a photograph, and from the camera."""

import base64

from playwright.sync_api import Page, expect

from e2e.pages import FORM_PAGE, FormPages
from e2e.phone import Phone
from e2e.qrcodes import photograph
from e2e.test_pages import look

CARD = "999186001234||Hoàng Thị Ngân|07051986|Nữ|Kéo Van, Bắc Việt, Văn Lãng, Lạng Sơn|15032021"
#: A camera that looks at a picture, or that its owner does not allow.
CAMERA = """picture => { navigator.mediaDevices.getUserMedia = async () => {
  if (!picture) throw new DOMException("no", "NotAllowedError");
  const image = new Image();
  image.src = "data:image/png;base64," + picture;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), {width: image.width, height: image.height});
  const draw = () => { canvas.getContext("2d").drawImage(image, 0, 0); requestAnimationFrame(draw); };
  draw();
  window.stream = canvas.captureStream();
  return window.stream;
}; }"""


def pick(page: Page, picture: bytes) -> None:
    """Choose a photograph of a card."""
    page.locator(".scan input[type=file]").set_input_files(
        {"name": "the.png", "mimeType": "image/png", "buffer": picture}
    )


def test_a_card_fills_what_is_empty_asks_about_the_rest_and_marks_it_all(citizen: Phone) -> None:
    page = citizen.page
    page.goto(FORM_PAGE)
    form = FormPages(page)
    form.visit("applicant")
    page.locator('[name="applicant.full_name"]').fill("Hoàng Thị Ngần")
    page.evaluate(CAMERA, "")
    page.locator("[data-action=scan-card]").click()
    said = page.locator(".scan [role=status]")
    expect(said).to_contain_text("chưa được dùng máy ảnh")
    pick(page, b"no picture")
    expect(said).to_contain_text("Không thấy mã trong ảnh này")
    pick(page, photograph("https://example.vn/not-a-card"))
    expect(said).to_contain_text("không phải mã trên thẻ căn cước")
    pick(page, photograph(CARD.replace("Hoàng Thị Ngân", "<b>Ngân</b>")))
    expect(said).to_contain_text("không đọc được đúng")
    assert look(page, "card") == []
    pick(page, photograph(CARD))
    asked = page.locator(".scan")
    expect(asked).to_contain_text("Đang ghi: Hoàng Thị Ngần")
    expect(asked).to_contain_text("Trên thẻ: Hoàng Thị Ngân")
    expect(page.locator('[name="applicant.full_name"]')).to_have_value("Hoàng Thị Ngần")
    assert look(page, "card-asks") == []
    page.locator("[data-action=take-card]").click()
    marked = page.locator("[data-from-card]")
    expect(marked).to_have_count(4)
    assert {each.get_attribute("data-from-card") for each in marked.all()} == {
        "applicant.citizen_id", "applicant.full_name", "applicant.born", "applicant.residence",
    }  # fmt: skip
    form.saved()
    page.reload()
    expect(marked).to_have_count(4)
    expect(page.locator('[name="applicant.citizen_id"]')).to_have_value("999186001234")
    expect(page.locator('[name="applicant.born:year"]')).to_have_value("1986")
    expect(page.locator('[name="applicant.residence:commune"][value="06154"]')).to_be_checked()
    page.evaluate(CAMERA, base64.b64encode(photograph(CARD)).decode())
    page.locator("[data-action=scan-card]").click()
    expect(page.locator("#said")).to_contain_text("Đã ghi theo thẻ")
    form.saved()
    expect(page.locator("#said")).to_contain_text("Đã ghi theo thẻ")  # not pushed out by "saved"
    expect(page.locator(".scan")).to_have_count(0)
    assert page.evaluate("window.stream.getTracks().every(track => track.readyState === 'ended')")
    page.locator('[name="applicant.full_name"]').fill("Hoàng Thị Ngân ")
    expect(marked).to_have_count(3)
