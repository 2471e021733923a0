"""Whose work it is: nothing goes before its owner signs in, and a citizen ID shows up nowhere it must not."""

from playwright.sync_api import Page, expect

from e2e.joining import register, said_in
from e2e.office import Office
from e2e.pages import FORM_PAGE, Desk, FormPages, dossier_of, ready_to_send, sign_in, status_page
from e2e.people import CITIZEN_ID, NAME, SINGLE
from e2e.phone import Phone
from e2e.proxy import FaultProxy

DUMP_DATABASES = """async () => {
  const text = value => JSON.stringify(value, (_, inner) =>
    inner instanceof ArrayBuffer ? new TextDecoder("latin1").decode(inner)
    : ArrayBuffer.isView(inner) ? new TextDecoder("latin1").decode(inner) : inner);
  const done = request => new Promise((good, bad) => { request.onsuccess = () => good(request.result);
    request.onerror = () => bad(request.error); });
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    const db = await done(indexedDB.open(name));
    for (const store of db.objectStoreNames) {
      const rows = db.transaction(store).objectStore(store);
      found.push(name, store, text(await done(rows.getAllKeys())), text(await done(rows.getAll())));
    }
    db.close();
  }
  return found.join("\\n");
}"""
DUMP_CACHES = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) found.push(request.url, await (await cache.match(request)).text());
  }
  return found.join("\\n");
}"""
DUMP_STORAGE = "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"


def credentials_in(proxy: FaultProxy) -> set[str]:
    """Return what the phone's people have been sent with so far."""
    return {said_in(request) for request in proxy.seen()} - {""}


def test_unsigned_work_is_locked_and_goes_only_after_its_owner_claims_it(
    phone: Phone, proxy: FaultProxy, office: Office
) -> None:
    form = ready_to_send(phone.open("/"))
    form.submit()
    expect(form.state_line()).to_have_attribute("data-state", "locked")
    expect(form.state_line()).to_contain_text("Chờ đăng nhập để gửi")
    assert not [request for request in proxy.seen() if '"create"' in request.text()]
    sign_in(phone.page, "demo-1")
    assert not office.dossiers()
    phone.page.goto("/cua-toi")
    phone.page.locator("[data-action=claim]").first.click()
    expect(phone.page.locator("[data-dossier]").first).to_have_attribute("data-state", "received")
    assert len(office.dossiers()) == 1


def test_a_citizen_id_is_in_no_address_title_cache_plain_record_or_log(
    citizen: Phone, office: Office, desk: Desk
) -> None:
    addresses: list[str] = []
    titles: list[str] = []

    def note(page: Page) -> None:
        titles.append(page.title())

    citizen.running.on("request", lambda request: addresses.append(request.url))
    desk.page.on("request", lambda request: addresses.append(request.url))
    form = ready_to_send(citizen.page)
    note(citizen.page)
    form.submit()
    expect(form.state_line()).to_have_attribute("data-state", "received")
    note(citizen.page)
    dossier = dossier_of(citizen.page)
    for path in ("/", "/cua-toi", status_page(dossier), FORM_PAGE, "/cai-dat"):
        citizen.page.goto(path)
        note(citizen.page)
    assert desk.open(dossier)["applicant.citizen_id"].replace(" ", "") == CITIZEN_ID
    note(desk.page)
    kept = {
        name: citizen.page.evaluate(dump)
        for name, dump in (("databases", DUMP_DATABASES), ("caches", DUMP_CACHES), ("storage", DUMP_STORAGE))
    }
    assert dossier in kept["databases"], "the dump reads the records at all"
    for where, text in {
        **kept,
        "addresses": "\n".join(addresses),
        "titles": "\n".join(titles),
        "log": office.log(),
    }.items():
        assert CITIZEN_ID not in text, f"a citizen ID in {where}"


def test_what_is_known_of_a_person_is_plain_nowhere_also_not_for_the_next_person_on_the_phone(
    filled: Phone, proxy: FaultProxy, office: Office
) -> None:
    """Names, numbers and credentials of everybody on the phone, looked for from another person's page."""
    addresses: list[str] = []
    titles: list[str] = []
    filled.running.on("request", lambda request: addresses.append(request.url))
    page = filled.page
    form = FormPages(page)
    form.submit()
    expect(form.state_line()).to_have_attribute("data-state", "received")
    page.goto("/may-cua-ai")
    page.locator("[data-action=add-person]").click()
    page.locator("[data-action=new-account]").click()
    register(page, "Triệu Mùi Ghển", "999184004321", "0912 345 678")
    page.goto("/cai-dat")
    page.locator("[name=password]").fill("suoi trong nui xanh")
    page.locator("[data-action=set-password]").click()
    expect(page.locator("#people [role=status]").first).to_contain_text("Đã đặt mật khẩu")
    # A page that is left at once may have asked nothing.
    proxy.wait_until(lambda: len(credentials_in(proxy)) > 1, "a request of each")
    for path in ("/", "/cua-toi", "/may-cua-ai", "/dang-nhap", FORM_PAGE, "/cai-dat"):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        titles.append(page.title())
    keys = credentials_in(proxy)
    assert len(keys) == 2, "each with a credential of their own"
    planted = {
        "Hoàng Thị Ngân", NAME, CITIZEN_ID, SINGLE["applicant.phone"],
        "Triệu Mùi Ghển", "999184004321", "0912345678", "0912 345 678", "suoi trong nui xanh", *keys,
    }  # fmt: skip
    found = {
        "databases": page.evaluate(DUMP_DATABASES),
        "caches": page.evaluate(DUMP_CACHES),
        "storage": page.evaluate(DUMP_STORAGE),
        "addresses": "\n".join(addresses),
        "titles": "\n".join(titles),
        "log": office.log(),
    }
    for where, text in found.items():
        assert [each for each in planted if each in text] == [], where
