"""Photographs of papers: taken with no network, sent after the data, whole at the office."""

from playwright.sync_api import expect

from e2e.arrival import waiting
from e2e.office import Office
from e2e.phone import Phone
from e2e.photographs import Slot, attachments, bytes_of, photo, sheet, verified, whole
from e2e.proxy import UNREACHABLE, FaultProxy


def test_papers_photographed_without_network_follow_the_data_and_arrive_whole(
    filled: Phone, proxy: FaultProxy, office: Office
) -> None:
    proxy.set(UNREACHABLE)
    slot = Slot(filled.page).open()
    slot.pick(photo(1), photo(2, sheet(2, (3000, 4000), grain=6000)))
    slot.hold(2)
    hashes = slot.hashes()
    form = slot.send()
    waiting(form)
    proxy.clear()
    form.try_now()
    expect(form.state_line()).to_contain_text("Đã nhận tờ khai, còn 2 ảnh")
    whole(form)
    assert verified(office) == hashes
    for each in attachments(office):
        data = bytes_of(office, str(each["sha256"]))
        assert len(data) <= 300_000
        assert b"Exif" not in data
        assert b"Lang Son" not in data
