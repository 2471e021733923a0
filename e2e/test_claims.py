"""A slip in the hand: the dossier is followed without an account, and claimed into one on a phone of one's own."""

import secrets

import pytest
from playwright.sync_api import expect

from e2e.office import Office
from e2e.others import Other
from e2e.pages import status_page
from e2e.phone import Phone
from e2e.test_pages import look
from schemas.slips import LETTERS
from tests.integration.caller import Caller, create, new_id, patch, submit
from tests.integration.rights import BEHALF, VALUES


@pytest.fixture
def slip(office: Office) -> dict[str, str]:
    """A slip that an officer gave out with a dossier that has arrived."""
    officer = Caller(office.address, office.token())
    dossier, drawn = new_id(), "".join(secrets.choice(LETTERS) for _ in range(20))
    begin, write = create(dossier, channel="field", on_behalf=BEHALF), patch(dossier, VALUES)
    sent = officer.push(begin, write, submit(dossier, begin, write))
    assert [each["outcome"] for each in sent] == ["applied"] * 3
    given = {"dossier": dossier, "code": f"TN-{drawn[:4]}-{drawn[4:12]}", "secret": drawn[12:]}
    told = officer.http.post("/handovers", json={"handovers": [given]}).json()
    assert told["results"][0]["outcome"] == "kept"
    return given | {"official": sent[2]["code"]}


@pytest.mark.long
def test_a_slip_is_followed_and_claimed_on_a_phone_of_ones_own(
    citizen: Phone, slip: dict[str, str], office: Office
) -> None:
    page = citizen.page
    page.goto(f"/tra-cuu#{slip['code']}-{slip['secret']}")
    expect(page.locator("[name=code]")).to_have_value(slip["code"])
    expect(page.locator("[name=secret]")).to_have_value(slip["secret"])
    assert page.url.endswith("/tra-cuu"), "the code is in no address and no history"
    faults = look(page, "follow")
    page.locator("[data-action=follow]").click()
    found = page.locator("#found")
    expect(found).to_have_attribute("data-state", "received")
    expect(found).to_contain_text("Chờ xã kiểm tra.")
    expect(found).to_be_focused()
    faults += look(page, "follow-found")
    page.locator("[name=code]").fill(slip["official"].lower())
    page.locator("[name=secret]").fill("ZZZZZZZZ")
    page.locator("[data-action=follow]").click()
    expect(page.get_by_role("alert")).to_contain_text("Chưa tìm thấy.")
    assert faults + look(page, "follow-none") == []
    claimed = page.request.post("/claims", data={"code": f"{slip['code']}-{slip['secret']}"})
    assert claimed.json() == {"dossier": slip["dossier"]}
    page.goto("/cua-toi")
    expect(page.locator(f'[data-dossier="{slip["dossier"]}"]')).to_have_attribute("data-state", "received")
    page.goto(status_page(slip["dossier"]))
    expect(page.locator("main")).to_contain_text(slip["official"].split("-")[-1])
    assert Other.officer(office).dossiers()[slip["dossier"]]["state"] == "1"
