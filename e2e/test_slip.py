"""The provisional slip: made without network, on the screen, on paper and as a picture; the codes on it."""

import json
import unicodedata

from playwright.sync_api import expect
from pypdfium2 import PdfDocument

from e2e.field import help_somebody, sign_in_officer
from e2e.office import Office
from e2e.others import Other
from e2e.pages import FormPages, dossier_of, kept_for_offline
from e2e.people import NAME, SINGLE
from e2e.phone import Phone
from e2e.proxy import UNREACHABLE, FaultProxy
from e2e.qrcodes import text_in
from e2e.test_pages import SHOTS, look

TITLE = "PHIẾU TẠM – HỒ SƠ CHƯA ĐƯỢC TIẾP NHẬN"


def test_what_waits_has_a_slip_that_says_what_it_is_not_without_network_too(filled: Phone, proxy: FaultProxy) -> None:
    page = filled.page
    kept_for_offline(page)
    proxy.set(UNREACHABLE)
    filled.running.set_offline(True)
    form = FormPages(page)
    form.submit()
    dossier = dossier_of(page)
    page.locator("[data-action=slip]").click()
    slip = page.locator(f'[data-slip="{dossier}"]')
    expect(slip.locator("h1")).to_have_text(TITLE)
    expect(slip.locator(".slip-title")).to_have_text(TITLE)
    expect(slip).to_contain_text("Hồ sơ chưa tới xã.")
    expect(slip).to_contain_text(NAME)
    expect(slip).to_contain_text("Xã Văn Lãng")
    assert "0987654321" not in slip.inner_text(), "only what the form marks for print"
    said = slip.inner_text()
    code = said.partition("Mã tạm: ")[2].split(".")[0]
    assert slip.locator(".qr").count() == 0, "a citizen follows with the code that the system gives"
    page.reload()
    expect(slip).to_contain_text(f"Mã tạm: {code}.")
    assert look(page, "slip") == []
    for size in ("A4", "A5"):
        sheets = list(PdfDocument(page.pdf(path=SHOTS / f"slip-{size}.pdf", format=size, print_background=True)))
        words = [unicodedata.normalize("NFC", sheet.get_textpage().get_text_range()) for sheet in sheets]
        assert all("TIẾPNHẬN" in "".join(text.split()) and "In lúc" in text for text in words), "across each sheet"
        assert sum(" ".join(text.split()).count(TITLE) for text in words) == 2
    with page.expect_download() as kept:
        page.locator("[data-action=picture]").click()
    assert kept.value.suggested_filename == f"phieu-tam-{code}.png"
    kept.value.save_as(SHOTS / "slip-picture.png")
    filled.running.set_offline(False)
    proxy.clear()
    page.goto(f"/cua-toi?d={dossier}")
    expect(form.state_line()).to_have_attribute("data-state", "received")
    page.goto(f"/phieu?d={dossier}")
    expect(page.locator("main")).to_contain_text("không còn phiếu tạm")
    expect(slip).to_have_count(0)


def test_the_slip_of_what_an_officer_took_in_has_a_code_that_the_system_learns(
    phone: Phone, proxy: FaultProxy, office: Office
) -> None:
    page = phone.open("/")
    sign_in_officer(page)
    form = help_somebody(page)
    form.fill_all(SINGLE)
    form.review()
    kept_for_offline(page)
    proxy.set(UNREACHABLE)
    phone.running.set_offline(True)
    form.submit()
    dossier = dossier_of(page)
    page.locator("[data-action=slip]").click()
    code = page.locator("[data-code]").get_attribute("data-code") or ""
    assert text_in(page.locator(".qr").screenshot()).endswith(f"/tra-cuu#{code}")
    assert look(page, "slip-helped") == []
    proxy.clear()
    phone.running.set_offline(False)
    proxy.wait_until(lambda: any(each.answered for each in proxy.seen("POST", "/handovers")), "the code told")
    (sent,) = proxy.seen("POST", "/handovers")
    provisional, _, secret = code.rpartition("-")
    assert json.loads(sent.text()) == {"handovers": [{"dossier": dossier, "code": provisional, "secret": secret}]}
    claimed = Other.signed_in(office, "demo-1").http.post("/claims", json={"code": code})
    assert claimed.raise_for_status().json() == {"dossier": dossier}
