"""The main journey from a keyboard alone: Tab, Enter, Space, arrows, Escape, and what is typed."""

from playwright.sync_api import Page, expect

from e2e.forms import KINDS, every_kind, put_out
from e2e.office import UNIT, Office, values_of
from e2e.pages import PASSWORD, FormPages
from e2e.people import CITIZEN_ID, NAME
from e2e.phone import Phone

HEIGHT = 640
TABS_MAX = 120
#: What has the focus, where it stands in the page, whether its edge is drawn, and whether it is what is looked for.
STOP = """wanted => {
  const e = document.activeElement, style = getComputedStyle(e), { top, bottom } = e.getBoundingClientRect();
  return { top, bottom, outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
           order: [...document.querySelectorAll("*")].indexOf(e), nowhere: e === document.body,
           what: e.outerHTML.slice(0, 90), found: e.matches(wanted) }; }"""


class Keys:
    """A person at a keyboard who sees where the focus is, and minds where it is not seen."""

    def __init__(self, page: Page) -> None:
        self.page, self.press, self.type = page, page.keyboard.press, page.keyboard.type

    def to(self, selector: str, key: str = "Tab") -> None:
        """Press Tab until what is wanted has the focus; every stop on the way is seen, in order and on the screen."""
        last = -1
        for _ in range(TABS_MAX):
            self.press(key)
            stop = self.page.evaluate(STOP, selector)
            if stop["nowhere"]:
                continue
            assert stop["order"] > last or key != "Tab", f"the order of the keyboard is that of the page: {stop}"
            assert stop["outline"] >= 2, f"a focus that nobody sees: {stop}"
            assert stop["bottom"] > 0, f"the focus is above the screen: {stop}"
            assert stop["top"] < HEIGHT, f"the focus is below the screen: {stop}"
            last = stop["order"]
            if stop["found"]:
                return
        raise AssertionError(f"no {key} leads to {selector}")

    def write(self, name: str, text: str) -> None:
        """Go to a box and write into it."""
        self.to(f'[name="{name}"]')
        self.type(text)

    def choose(self, name: str, value: str) -> None:
        """Go to the first of a group of radio buttons, and on with the arrows."""
        self.to(f'[name="{name}"]')
        self._arrows_to(name, value)

    def search(self, name: str, words: str, value: str) -> None:
        """Find rows by words, and go through those that are left with the arrows."""
        self.to(f'[data-field="{name.partition(":")[0]}"] input[type=search]')
        self.type(words)
        self.press("ArrowDown")
        self._arrows_to(name, value)

    def _arrows_to(self, name: str, value: str) -> None:
        wanted = self.page.locator(f'[name="{name}"][value="{value}"]')
        self.press("Space")
        for _ in range(TABS_MAX):
            if wanted.is_checked():
                return
            self.press("ArrowDown")
        raise AssertionError(f"no arrow leads to {value}")

    def go_on(self) -> None:
        """Press the section's main button, and see that the next heading has the focus."""
        before = self.page.url
        self.to("[data-action=continue]")
        self.press("Enter")
        self.page.wait_for_url(lambda url: url != before)
        expect(self.page.locator("h1")).to_be_focused()


def sign_in(keys: Keys) -> None:
    """Sign in, after a wrong password that is told and asked for again."""
    page = keys.page
    page.goto("/dang-nhap")
    expect(page.locator("html[data-ready]")).to_be_attached()
    keys.to("[data-action=new-account]")
    keys.press("Enter")
    expect(page.locator("#new input").first).to_be_focused()
    keys.to("[data-action=have-account]")
    keys.press("Enter")
    expect(page.locator("[name=user]")).to_be_focused()
    keys.type("demo-1")
    keys.write("password", "sai")
    keys.press("Enter")
    expect(page.locator("#said")).to_be_focused()
    keys.to("[name=password]")
    keys.press("Control+a")
    keys.type(PASSWORD)
    keys.press("Enter")
    page.wait_for_url("**/")


def find(keys: Keys) -> None:
    """Search for the procedure on the front page, and begin the form from its page."""
    page = keys.page
    keys.write("q", "moi kieu cau hoi")
    keys.press("Enter")
    page.wait_for_url("**/thu-tuc?q=*")
    expect(page.locator("html[data-ready]")).to_be_attached()  # rows that are not found are gone by then
    keys.to(f'[href="/thu-tuc/{KINDS}"]')
    keys.press("Enter")
    page.wait_for_url(f"**/thu-tuc/{KINDS}")
    keys.to(f'[href="/to-khai/{KINDS}"]')
    keys.press("Enter")
    expect(page.locator("h1")).to_be_focused()


def who(keys: Keys) -> None:
    """Go on with nothing written, from the list of what is missing to the first of it, and answer."""
    page = keys.page
    keys.to("a[data-section=who]")
    keys.press("Enter")
    expect(page.locator("h1")).to_be_focused()
    keys.to("[data-action=continue]")
    keys.press("Enter")
    expect(page.locator("[role=alert]")).to_be_focused()
    keys.to(".summary a")
    keys.press("Enter")
    expect(page.locator('[name="who.name"]')).to_be_focused()
    keys.type(NAME)
    keys.write("who.born:day", "7")
    keys.write("who.born:month", "5")
    keys.write("who.born:year", "1986")
    keys.choose("who.born:precision", "month")
    keys.write("who.citizen_id", CITIZEN_ID)
    keys.write("who.phone", "0987654321")
    keys.search("who.home:commune", "van lang", UNIT)
    keys.write("who.home:detail", "thôn Kéo Vặn")
    keys.to("[data-action=continue]")
    keys.press("Enter")
    expect(page.locator(".ask[data-ask]")).to_be_focused()
    expect(page.locator("[role=alert]")).to_have_count(0)  # what was wrong is right by now
    keys.to("[data-action=still-right]")
    keys.press("Enter")
    expect(page.locator("[data-action=continue]")).to_be_focused()
    keys.press("Enter")
    expect(page.locator('[name="plain.sum"]')).to_be_visible()


def plain(keys: Keys) -> None:
    """Answer what is written, first a date that is none."""
    page = keys.page
    keys.write("plain.day:day", "24112026")
    keys.write("plain.sum", "1500000")
    keys.write("plain.about", "Xin xác nhận.")
    keys.press("Shift+Tab")
    keys.to("[data-action=continue]")
    keys.press("Enter")
    expect(page.locator("[role=alert]")).to_contain_text("Ngày cấp")
    keys.to(".summary a")
    keys.press("Enter")
    expect(page.locator('[name="plain.day:day"]')).to_be_focused()
    keys.press("Control+a")
    keys.type("24")
    keys.write("plain.day:month", "11")
    keys.write("plain.day:year", "2026")
    keys.go_on()


def choose(keys: Keys) -> None:
    """Answer what is chosen, and what that opens."""
    keys.choose("choose.few", "other")
    keys.write("choose.which", "nhờ trưởng thôn")
    keys.write("choose.why", "ở xa")
    keys.search("choose.people", "nung", "nung")
    keys.to('[name="choose.many/o3"]')
    keys.press("Space")
    keys.choose("choose.agreed", "true")
    keys.go_on()
    keys.write("extra.note", "điều ghi thêm")
    keys.go_on()


def rows(keys: Keys) -> None:
    """Add a row, remove it, and have it back: the focus is never lost."""
    page = keys.page
    keys.to("[data-action=add-row]")
    keys.press("Enter")
    expect(page.locator('[name$="/name"]')).to_be_visible()
    expect(page.locator("h1")).to_be_focused()
    keys.to('[name$="/name"]')
    keys.type("Lý A Páo")
    for part, text in (("day", "1"), ("month", "2"), ("year", "2020")):
        keys.to(f'[name$="/born:{part}"]')
        keys.type(text)
    keys.go_on()
    keys.to("[data-action=remove-row]")
    keys.press("Enter")
    expect(page.locator("[data-action=undo-row]")).to_be_focused()
    keys.to("summary", key="Shift+Tab")
    keys.press("Enter")
    keys.to("[data-action=bring-row]")
    keys.press("Enter")
    expect(page.locator("a.card")).to_be_focused()
    expect(page.locator("a.card")).to_contain_text("Lý A Páo")


def test_everything_from_sign_in_to_the_tick_is_done_from_a_keyboard(phone: Phone, office: Office) -> None:
    put_out(office, every_kind())
    keys = Keys(phone.open())
    page = keys.page
    sign_in(keys)
    find(keys)
    who(keys)
    plain(keys)
    choose(keys)
    rows(keys)
    keys.to("[data-action=review]")
    keys.press("Enter")
    expect(page.locator("h1")).to_be_focused()
    keys.to("[data-section=extra]")
    keys.press("Enter")
    expect(page.locator('[name="extra.note"]')).to_be_visible()
    keys.to('[name="extra.note"]')
    keys.press("End")
    keys.type(", sửa lại")
    keys.go_on()
    expect(page.locator("[data-action=submit]")).to_be_visible()
    keys.to("[data-action=submit]")
    keys.press("Enter")
    page.wait_for_url("**/cua-toi?d=*")
    line = FormPages(page).state_line()
    expect(line).to_have_attribute("data-state", "received")
    (dossier,) = office.dossiers()
    values = values_of(dossier)
    assert values["who.name"] == NAME
    assert values["who.born"] == "1986-05"
    assert values["who.home"]["commune"] == UNIT
    assert values["choose.many/o3"] is True
    assert values["extra.note"] == "điều ghi thêm, sửa lại"
    assert "Lý A Páo" in values.values()

    keys.to("[data-action=copy-code]")
    keys.press("Enter")
    expect(page.locator(".panel [role=status]")).not_to_be_empty()
    keys.to("[data-action=withdraw]")
    keys.press("Enter")
    expect(page.locator("[role=group].notice")).to_be_focused()
    keys.press("Escape")
    expect(page.locator("[data-action=withdraw]")).to_be_focused()
    keys.press("Enter")
    keys.to("[data-action=withdraw]")
    keys.press("Enter")
    expect(page.locator("[data-action=withdraw]")).to_have_count(0)
    expect(line).to_be_focused()
