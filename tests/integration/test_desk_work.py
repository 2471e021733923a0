"""What officers do on the desk's pages, from the form in the page to what the dossier and its applicant hear of it."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from schemas.forms import decode_form
from server.store.catalogue import publish
from server.store.people import end_roles, give_role
from server.store.store import now_ms
from tests.integration.caller import create, new_id, op, patch, submit
from tests.integration.rights import Asked, World, run

OTHER_UNIT = "06151"
DAY_MS = 86_400_000


class Counter(Struct):
    """One officer at one dossier: reads its page, fills in the forms that are on it."""

    made: World
    dossier: str
    role: str = "officer"

    async def page(self) -> str:
        answer = await self.made.ask(self.role, Asked("GET", f"/desk/d/{self.dossier}"))
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    async def press(self, form: str, route: str | None = None, **said: str) -> str:
        """Send the form that has an id, as the page has it, with what was filled in; return what became of it."""
        page = await self.page()
        found = re.search(rf'<form id="{re.escape(form)}" method="post" action="([^"]+)".*?</form>', page, re.DOTALL)
        assert found is not None, f"no form {form}"
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found[0]))
        asked = Asked("POST", f"/desk/d/{self.dossier}/{route}" if route else found[1], form=hidden | said)
        answer = await self.made.ask(self.role, asked)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"]).partition("?")[2]

    async def take(self, step: str, **said: str) -> str:
        return await self.press(f"take-{step}", **said)

    def steps(self, page: str) -> set[str]:
        return set(re.findall(r'<form id="take-(\w+)"', page))

    async def stored(self) -> dict[str, Any]:
        asked = Asked("POST", "/sync/v1", json={"v": 1, "cursor": "", "limit": 500})
        found = (await self.made.ask("owner", asked)).json()["dossiers"]
        return next(each for each in found if each["id"] == self.dossier)


DONE = "xong=desk.done.applied"


def test_a_dossier_is_led_by_the_pages_from_reception_to_the_result_handed_over(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        desk = Counter(made, await made.dossier("1"))
        for step, said in (
            ("receive", {}),
            ("start", {}),
            ("hand_over", {"to": "Chị Hoa, tư pháp"}),
            ("charge", {"amount": "8.000", "item": "Lệ phí bản sao"}),
            ("paid", {}),
            ("finish", {"result": "granted"}),
            ("give", {"how": "post", "to": "Lộc Văn Đẩu"}),
        ):
            if step == "give":
                assert '<option value="counter" selected>Tại quầy' in await desk.page(), "as the applicant wants it"
            assert await desk.take(step, **said) == DONE, step
        page, stored = await desk.page(), await desk.stored()
        assert stored["state"] == "10"
        assert desk.steps(page) == set(), "a closed dossier has no steps"
        for words in ("Chị Hoa, tư pháp", "Đồng ý giải quyết", "Qua bưu điện", "Lộc Văn Đẩu", "8.000 đ"):
            assert words in page, words

    run(tmp_path, look)


def test_a_dossier_moved_to_another_unit_is_theirs_and_no_longer_ours(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        head = Counter(made, await made.dossier("2"), "head")
        assert await head.take("transfer", unit=OTHER_UNIT, reason="hồ sơ của xã bên") == "xong=desk.done.moved"
        assert (
            "Đã chuyển hồ sơ sang đơn vị khác"
            in (await made.ask("head", Asked("GET", "/desk?xong=desk.done.moved"))).text
        )
        hidden = await made.ask("officer", Asked("GET", f"/desk/d/{head.dossier}"))
        assert hidden.status_code == 404
        there = Counter(made, head.dossier, "officer elsewhere")
        assert "hồ sơ của xã bên" in await there.page()
        inbox = (await made.ask("officer elsewhere", Asked("GET", "/desk"))).text
        assert head.dossier in inbox
        assert await there.take("start") == DONE

    run(tmp_path, look)


def test_more_is_asked_for_once_with_exactly_the_things_that_were_ticked(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        desk = Counter(made, await made.dossier("2"))
        for empty in ("purpose.spouse_name", "periods"):
            assert f'name="path:{empty}"' in await desk.page(), "what is missing can be asked for"
        asked = {
            "slot:divorce_ruling": "Bản án, quyết định ly hôn", "path:applicant.born": "Ngày sinh", "text": "",
            "until": "2030-01-02", "reason": "thiếu bản án",
        }  # fmt: skip
        assert await desk.take("ask_more", **asked) == DONE
        (step,) = [each for each in (await desk.stored())["steps"] if each["command"] == "ask_more"]
        assert step["items"] == [
            {"text": "Bản án, quyết định ly hôn", "slot": "divorce_ruling"},
            {"text": "Ngày sinh", "path": "applicant.born"},
        ]
        assert "hạn 02/01/2030" in (await desk.page()).lower()
        saw = [(await desk.stored())["by"][0]]
        born = patch(desk.dossier, {"applicant.born": "1988-04"}, saw={"applicant.born": saw})
        answers = [born, patch(desk.dossier, {"applicant.phone": "0912345678"})]
        results = await made.push("owner", *answers)
        assert [each["outcome"] for each in results] == ["applied", "held"], "only what was asked for is open"
        sent = op("submit", desk.dossier, expect={"state": "5"}, after=[answers[0]["id"]])
        assert (await made.push("owner", sent))[0]["outcome"] == "applied"
        assert "ask_more" not in desk.steps(await desk.page()), "once only"
        head = Counter(made, desk.dossier, "head")
        assert "ask_more" in head.steps(await head.page())
        assert await head.take("ask_more", **asked | {"reason": ""}) == "sai=desk.refused.malformed"
        assert await head.take("ask_more", **asked) == DONE

    run(tmp_path, look)


def test_a_row_that_one_removed_and_another_edited_is_kept_or_dropped_by_a_person(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        for choice, left in (("here", True), ("gone", False)):
            desk = Counter(made, await made.dossier("1"))
            row = f"periods/{new_id()}"
            added = patch(desk.dossier, {f"{row}/from": "2001", f"{row}/to": "2004"})
            await made.push("owner", added)
            gone = patch(desk.dossier, {row: "gone"}, saw={row: [added["id"]]})
            await made.push("owner", gone)
            edited = patch(desk.dossier, {f"{row}/to": "2005"}, saw={f"{row}/to": [added["id"]]})
            assert (await made.push("officer", edited))[0]["outcome"] == "conflict"
            page = await desk.page()
            assert "Một bên bỏ phần này, một bên sửa." in page
            assert "2005" in page
            form = "settle-" + re.sub(r"[^a-z0-9_]", "-", row)
            assert await desk.press(form, choice=choice) == "sai=desk.fault.reason"
            assert await desk.press(form, choice=choice, reason="xem sổ hộ khẩu cũ") == DONE
            page = await desk.page()
            assert "Một bên bỏ phần này" not in page
            assert ("2005" in page.partition('id="part-notes"')[0]) is left
            stored = await desk.stored()
            assert stored["conflicts"] == []
            assert stored["notes"][-1]["text"] == "xem sổ hộ khẩu cũ"

    run(tmp_path, look)


def verified_form() -> bytes:
    """A form with a field that the office verifies."""
    label = {"vi": "Họ, chữ đệm, tên", "en": "Name"}
    name = {"key": "name", "kind": "name", "label": label, "policy": "office"}
    return json.dumps({
        "procedure": "9.000003", "version": 1, "title": label,
        "sections": [{"key": "a", "title": label, "fields": [name]}],
    }).encode()  # fmt: skip


def test_what_the_office_verified_stands_and_another_value_of_the_applicant_is_marked_and_blocks_nothing(
    tmp_path: Path,
) -> None:
    async def look(made: World) -> None:
        assert decode_form(verified_form()).sections[0].fields[0].policy == "office"
        await made.store.write(lambda conn, _: publish(conn, verified_form(), now_ms()))
        dossier = new_id()
        begin, write = create(dossier, procedure="9.000003", form="9.000003@1"), patch(dossier, {"a.name": "An"})
        write["form"] = "9.000003@1"
        sent = {**submit(dossier, begin, write), "form": "9.000003@1"}
        assert [each["outcome"] for each in await made.push("owner", begin, write, sent)] == ["applied"] * 3
        checked = {**patch(dossier, {"a.name": "Ân"}, saw={"a.name": [write["id"]]}), "form": "9.000003@1"}
        await made.push("officer", checked)
        insists = {**patch(dossier, {"a.name": "Anh"}, saw={"a.name": [checked["id"]]}), "form": "9.000003@1"}
        assert (await made.push("owner", insists))[0]["outcome"] == "conflict"
        desk = Counter(made, dossier)
        page = await desk.page()
        assert "Người nộp ghi: Anh" in page
        assert "settle-" not in page, "nothing to settle before going on"
        for step in ("receive", "start"):
            assert await desk.take(step) == DONE
        assert await desk.take("finish", result="granted") == DONE

    run(tmp_path, look)


def test_a_decision_waits_until_no_field_has_two_versions_and_says_how_many_have(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        desk = Counter(made, await made.dossier("2"))
        assert await desk.take("start") == DONE
        await made.push("officer", patch(desk.dossier, {"applicant.full_name": "Ai", "applicant.born": "1970"}))
        assert await desk.take("finish", result="granted") == "sai=desk.refused.conflict-open"
        answer = await made.ask("officer", Asked("GET", f"/desk/d/{desk.dossier}?sai=desk.refused.conflict-open"))
        assert "Chưa quyết định được: còn 2 mục có hai bản." in answer.text
        assert (await desk.stored())["state"] == "4"

    run(tmp_path, look)


def test_what_a_former_officer_sent_late_and_what_names_an_unknown_form_stand_among_held_work(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        desk = Counter(made, await made.dossier("2"))
        newer = {**patch(desk.dossier, {"applicant.phone": "0912345678"}), "form": "1.004873@99"}
        assert (await made.push("owner", newer))[0]["reason"] == "form-unknown"
        who = made.person("officer")
        await made.store.write(lambda conn, _: end_roles(conn, who, now_ms()))
        await made.store.write(lambda conn, _: give_role(conn, who, OTHER_UNIT, "handler", now_ms()))
        lost = patch(desk.dossier, {"applicant.phone": "0900000001"})
        assert (await made.push("officer", lost))[0]["reason"] == "right-lost"
        head = Counter(made, desk.dossier, "head")
        page = await head.page()
        assert "Người gửi không còn việc ở đơn vị này." in page
        assert "Ghi theo mẫu mới hơn mẫu ở đây" in page
        assert head.dossier in (await made.ask("head", Asked("GET", "/desk?viec=held"))).text
        assert page.count('data-action="accept"') == 1, "what names an unknown form waits for the form alone"
        assert await head.press(f"held-{lost['id']}") == DONE
        assert await head.press(f"held-{newer['id']}", "decline", reason="dùng mẫu đang có") == DONE
        assert "0900000001" in await head.page()

    run(tmp_path, look)


def test_held_work_that_waited_for_another_part_is_gone_when_that_part_comes(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        desk = Counter(made, await made.dossier("2"))
        first = op("note", desk.dossier, text="một", visible="all")
        wish = op("withdraw", desk.dossier, expect={"state": "2"}, after=[first["id"]], reason="đổi ý")
        assert (await made.push("owner", wish))[0]["reason"] == "waiting"
        assert "tới nơi là máy tự dùng" in await desk.page()
        await made.push("owner", first)
        page = await desk.page()
        assert "tới nơi là máy tự dùng" not in page
        assert "Công dân yêu cầu rút hồ sơ" in page

    run(tmp_path, look)


@pytest.mark.parametrize(("days", "bold"), [(4, False), (5, True)])
def test_held_work_is_bold_from_the_fifth_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, *, bold: bool
) -> None:
    async def look(made: World) -> str:
        desk = Counter(made, await made.dossier("2"))
        assert (await made.push("owner", patch(desk.dossier, {"applicant.phone": "0912345678"})))[0]["reason"] == "late"
        later = now_ms() + days * DAY_MS
        monkeypatch.setattr("server.services.desk.now_ms", lambda: later)
        return await desk.page()

    page = run(tmp_path, look)
    assert (f'<strong class="mark need">chờ {days} ngày</strong>' in page) is bold
    assert f"chờ {days} ngày" in page


def test_how_long_each_hand_had_a_dossier_is_shown_and_what_went_over_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def look(made: World) -> tuple[str, str]:
        desk = Counter(made, await made.dossier("1"))
        early = await desk.page()
        later = now_ms() + 7 * DAY_MS
        monkeypatch.setattr("server.services.desk.now_ms", lambda: later)
        return early, await desk.page()

    early, late = run(tmp_path, look)
    assert "Thời gian từng khâu" in early
    assert "khâu quá thời gian" not in early
    assert "1 khâu quá thời gian" in late


def test_nobody_at_the_desk_acts_outside_their_role(tmp_path: Path) -> None:
    async def look(made: World) -> dict[str, set[str]]:
        seen = {}
        dossier = await made.dossier("2")
        for role in ("officer", "head", "inspector"):
            desk = Counter(made, dossier, role)
            page = await desk.page()
            seen[role] = desk.steps(page)

        return seen

    seen = run(tmp_path, look)
    assert seen["inspector"] == set(), "an inspector reads"
    assert "transfer" in seen["head"] - seen["officer"]
    assert {"start", "ask_more"} <= seen["officer"]


def test_each_version_says_from_which_device_it_came_and_an_earlier_one_is_brought_back(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        desk = Counter(made, await made.dossier("1"))
        phone = {"v": 1, "device": "0123456789abcdef", "ops": [patch(desk.dossier, {"applicant.full_name": "Lò Ân"})]}
        await made.ask("owner", Asked("POST", "/sync/v1", json=phone))
        assert "máy …cdef" in await desk.page()
        form = "settle-applicant-full_name"
        assert await desk.press(form, choice="other", value="Lò Văn Ân", reason="xem thẻ") == DONE
        asked = Asked("GET", f"/desk/d/{desk.dossier}/lich-su?muc=applicant.full_name")
        past = unescape((await made.ask("officer", asked)).text)
        for words in ("máy …cdef", "tại bàn làm việc", "Lò Văn Ân", "Lý do: xem thẻ"):
            assert words in past, words
        saw = re.findall(r'name="saw" value="([^"]+)"', past)[0]
        earlier = re.findall(r'name="op" value="([^"]+)"', past)[0]
        back = {"path": "applicant.full_name", "saw": saw, "op": earlier, "reason": "thẻ cũ"}
        answer = await made.ask("officer", Asked("POST", f"/desk/d/{desk.dossier}/bring-back", form=back))
        assert answer.headers["location"].endswith(DONE)
        stored = await desk.stored()
        assert [value for value, _ in stored["cells"]["applicant.full_name"]] == ["Lò Ân"]
        write = {"path": "applicant.phone", "value": "+84 912 345 678", "reason": "gọi hỏi", "saw": ""}
        answer = await made.ask("officer", Asked("POST", f"/desk/d/{desk.dossier}/write", form=write))
        assert answer.headers["location"].endswith(DONE)
        stored = await desk.stored()
        assert stored["cells"]["applicant.phone"][0][0] == "0912345678"

    run(tmp_path, look)
