"""The databases on the phone: closed, emptied, old or newer than the page; nothing typed is lost for it."""

import pytest
from playwright.sync_api import Page, expect

from e2e.pages import FORM, FORM_PAGE, FormPages, sign_in
from e2e.phone import Phone

NAME = "applicant.full_name"
BOX = f'[name="{NAME}"]'
#: Keeps hold of every connection that the page opens.
CATCH_CONNECTIONS = """() => {
  window.connections = [];
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (...args) {
    const asked = open.apply(this, args);
    asked.addEventListener("success", () => window.connections.push(asked.result));
    return asked;
  };
}"""
OPEN_NEWER = """name => new Promise((good, bad) => {
  const asked = indexedDB.open(name, 99);
  asked.onsuccess = () => { asked.result.close(); good(); };
  asked.onerror = () => bad(asked.error);
})"""
#: What version 1 kept, as it was given out: never to be changed.
VERSION_1 = """async ([form, draft]) => {
  const done = asked => new Promise((good, bad) => { asked.onsuccess = () => good(asked.result);
    asked.onerror = () => bad(asked.error); });
  const make = (name, stores) => { const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => stores.forEach(store => asked.result.createObjectStore(store, {keyPath: "id"}));
    return done(asked); };
  const key = await crypto.subtle.generateKey({name: "AES-GCM", length: 256}, false, ["encrypt", "decrypt"]);
  const shared = await make("motcua", ["settings", "keys", "forms"]);
  const put = (db, store, record) => done(db.transaction(store, "readwrite").objectStore(store).put(record));
  await put(shared, "settings", {id: "device", value: "0190a0a0-0000-7000-8000-000000000001"});
  await put(shared, "settings", {id: "language", value: "en"});
  await put(shared, "keys", {id: "guest", key});
  await put(shared, "forms", {id: form.procedure + "@" + form.version, form});
  const guest = await make("motcua-guest", ["drafts", "outbox", "copies", "meta"]);
  const seal = async record => { const iv = crypto.getRandomValues(new Uint8Array(12));
    const bytes = new TextEncoder().encode(JSON.stringify(record));
    return {id: record.id, iv, sealed: await crypto.subtle.encrypt({name: "AES-GCM", iv}, key, bytes)}; };
  await put(guest, "drafts", await seal(draft));
  await put(guest, "drafts", {id: "0190a0a0-0000-7000-8000-000000000009", plain: {...draft, procedure: "9.999999",
    id: "0190a0a0-0000-7000-8000-000000000009"}});
  await put(guest, "meta", {id: "gen", n: 3});
  shared.close(); guest.close();
}"""
DRAFT = {
    "id": "0190a0a0-0000-7000-8000-000000000002",
    "procedure": FORM,
    "form": f"{FORM}@1",
    "unit": "06154",
    "status": "draft",
    "values": {NAME: "Hoàng Thị Ngân"},
    "typed": {},
    "rendered": {},
    "begun_ms": 1_764_000_000_000,
    "saved_ms": 1_764_000_000_000,
}


def writing(page: Page, text: str) -> FormPages:
    """Open the form and write something that is saved."""
    page.goto(FORM_PAGE)
    form = FormPages(page)
    form.visit("applicant")
    page.locator(BOX).fill(text)
    form.saved()
    return form


def saved_again(phone: Phone, form: FormPages, text: str) -> None:
    """Write on, be told that it is saved, and find it after the browser was shot."""
    page = phone.page
    page.locator(BOX).fill(text)
    form.saved()
    phone.kill()
    page = phone.open(FORM_PAGE)
    FormPages(page).visit("applicant")
    expect(page.locator(BOX)).to_have_value(text)


@pytest.mark.long
def test_a_connection_that_was_closed_is_opened_again(phone: Phone) -> None:
    phone.open()
    phone.running.add_init_script(f"({CATCH_CONNECTIONS})()")
    form = writing(phone.page, "Hoàng")
    assert phone.page.evaluate("connections.map(each => each.name)")
    phone.page.evaluate("connections.forEach(each => each.close())")
    saved_again(phone, form, "Hoàng Thị Ngân")


@pytest.mark.long
def test_a_database_that_was_deleted_under_a_form_takes_what_the_page_holds(citizen: Phone) -> None:
    """Both databases go, the signed-in person's key with them: what is saved afterwards can be read afterwards."""
    form = writing(citizen.page, "Hoàng")
    citizen.page.evaluate(
        "indexedDB.databases().then(all => Promise.all(all.map(({name}) => new Promise(done => {"
        "const asked = indexedDB.deleteDatabase(name); asked.onsuccess = asked.onerror = () => done(); }))))"
        ".then(() => null)"
    )
    saved_again(citizen, form, "Hoàng Thị Ngân")
    expect(citizen.page.locator("[data-state=saved]").first).to_be_visible()


@pytest.mark.long
def test_clearing_the_sites_data_under_a_form_costs_nothing_on_the_page(citizen: Phone) -> None:
    form = writing(citizen.page, "Hoàng")
    citizen.cdp().send("Storage.clearDataForOrigin", {"origin": citizen.address, "storageTypes": "indexeddb"})
    saved_again(citizen, form, "Hoàng Thị Ngân")


@pytest.mark.long
def test_a_page_older_than_the_database_says_so_and_saves_before_it_lets_go(citizen: Phone) -> None:
    """A newer version of the application in another tab takes the database over."""
    page = citizen.page
    form = writing(page, "Hoàng")
    [account] = page.evaluate(
        "indexedDB.databases().then(all => all.map(each => each.name).filter(name => /^motcua-.+-/.test(name)))"
    )
    page.locator(BOX).press("End")
    page.locator(BOX).press_sequentially(" Thị")
    page.evaluate(OPEN_NEWER, account)
    page.locator(BOX).press_sequentially(" Ngân")
    expect(form.state_line()).to_have_attribute("data-state", "unsaved")
    expect(page.locator("#update")).to_contain_text("trang này còn là bản cũ")
    expect(page.locator(BOX)).to_have_value("Hoàng Thị Ngân")


def test_what_version_1_kept_opens_today(phone: Phone) -> None:
    page = phone.open()
    page.route(
        "**/empty", lambda route: route.fulfill(body="<!doctype html><title>-</title>", content_type="text/html")
    )
    page.goto("/empty")
    document = FormPages(page).document
    page.evaluate(VERSION_1, [document, DRAFT])
    page.goto(FORM_PAGE)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    FormPages(page).visit("applicant")
    expect(page.locator(BOX)).to_have_value("Hoàng Thị Ngân")
    page.goto("/cua-toi")
    expect(page.locator("[data-state=saved]")).to_have_count(2)
    sign_in(page, "demo-1")
    page.goto("/cua-toi")
    page.locator("[data-action=claim]").first.click()
    expect(page.locator("[data-action=claim]")).to_have_count(1)
