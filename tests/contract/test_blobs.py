"""What every blob store keeps: offsets that never fall, blobs named by their content, and no half of anything."""

import errno
import os
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.uploads.blobs import BlobStore, MemoryBlobs, WrongOffset, digest_of
from server.uploads.disk import DiskBlobs, FolderSync

PART = "01a20cbc-679c-72bd-8183-15044b08ca6c"
OTHER = "01a20cbc-679c-72bd-8183-15044b08ca6d"

Opened = Callable[[], BlobStore]


@pytest.fixture(params=["memory", "disk"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    """Open the store, again where it can be: what it kept is still there."""
    if request.param == "disk":
        return lambda: DiskBlobs(tmp_path / "files")
    memory = MemoryBlobs()
    return lambda: memory


@pytest.fixture
def blobs(opened: Opened) -> BlobStore:
    return opened()


def kept(blobs: BlobStore, part: str, content: bytes) -> str:
    digest = sha256(content).hexdigest()
    blobs.append(part, 0, [content])
    blobs.settle(part)
    blobs.keep(part, digest)
    return digest


def whole(blobs: BlobStore, digest: str) -> bytes:
    return b"".join(blobs.read(digest, 0, blobs.length(digest) or 0))


def test_a_part_begins_empty_and_grows_by_what_is_added(blobs: BlobStore) -> None:
    assert blobs.settle(PART) == 0
    assert list(b"".join(blobs.pieces(PART))) == []
    blobs.append(PART, 0, [b"ab", b"", b"c"])
    blobs.append(PART, 3, [b"d"])
    assert blobs.settle(PART) == 4
    assert b"".join(blobs.pieces(PART)) == b"abcd"
    assert blobs.settle(OTHER) == 0


@pytest.mark.parametrize("offset", [0, 2, 4])
def test_bytes_for_another_place_than_the_end_change_nothing(blobs: BlobStore, offset: int) -> None:
    blobs.append(PART, 0, [b"abc"])
    with pytest.raises(WrongOffset):
        blobs.append(PART, offset, [b"x"])
    assert b"".join(blobs.pieces(PART)) == b"abc"


def test_what_was_settled_is_there_after_a_stop(opened: Opened) -> None:
    opened().append(PART, 0, [b"abc"])
    assert opened().settle(PART) == 3
    assert list(opened().parts()) == [PART]


def test_a_blob_is_the_part_under_the_name_of_its_content(blobs: BlobStore) -> None:
    digest = kept(blobs, PART, b"a page")
    assert (blobs.length(digest), whole(blobs, digest)) == (6, b"a page")
    assert b"".join(blobs.read(digest, 2, 3)) == b"pag"
    with blobs.path(digest) as path:
        assert path.read_bytes() == b"a page"
    assert list(blobs.blobs()) == [digest]
    assert digest_of(blobs.read(digest, 0, 6)) == digest


def test_keeping_leaves_the_part_until_it_is_dropped(opened: Opened) -> None:
    """A stop between the two must not lose an offset that was told."""
    digest = kept(opened(), PART, b"a page")
    blobs = opened()
    assert blobs.settle(PART) == 6
    blobs.keep(PART, digest)
    blobs.drop(PART)
    blobs.drop(PART)
    assert blobs.settle(PART) == 0
    assert whole(blobs, digest) == b"a page"
    assert list(blobs.parts()) == []


def test_the_same_content_from_two_parts_is_one_blob(blobs: BlobStore) -> None:
    first, second = kept(blobs, PART, b"the same"), kept(blobs, OTHER, b"the same")
    assert first == second
    blobs.drop(PART)
    blobs.drop(OTHER)
    assert whole(blobs, first) == b"the same"
    assert list(blobs.blobs()) == [first]


def test_an_empty_part_can_be_kept(blobs: BlobStore) -> None:
    digest = sha256(b"").hexdigest()
    blobs.keep(PART, digest)
    assert (blobs.length(digest), whole(blobs, digest)) == (0, b"")


def test_a_removed_blob_is_gone_and_can_come_back(blobs: BlobStore) -> None:
    digest = kept(blobs, PART, b"a page")
    blobs.drop(PART)
    blobs.remove(digest)
    blobs.remove(digest)
    assert (blobs.length(digest), list(blobs.blobs())) == (None, [])
    assert kept(blobs, OTHER, b"a page") == digest
    assert whole(blobs, digest) == b"a page"


@given(pieces=st.lists(st.binary(max_size=2_000), max_size=12), cuts=st.lists(st.integers(0, 11), max_size=6))
@settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
def test_pieces_in_any_size_give_the_same_file(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], cuts: list[int]
) -> None:
    for blobs in (MemoryBlobs(), DiskBlobs(tmp_path_factory.mktemp("blobs") / "files")):
        offset, batch = 0, []
        for number, piece in enumerate(pieces):
            batch.append(piece)
            if number in cuts:
                blobs.append(PART, offset, batch)
                offset, batch = blobs.settle(PART), []
        blobs.append(PART, offset, batch)
        assert b"".join(blobs.pieces(PART)) == b"".join(pieces)


def test_on_a_full_disk_a_part_keeps_what_it_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = DiskBlobs(tmp_path / "files")
    blobs.append(PART, 0, [b"settled"])
    assert blobs.settle(PART) == 7
    write, written = os.pwrite, []

    def full(handle: int, piece: bytes, offset: int) -> int:
        if written:
            raise OSError(errno.ENOSPC, "no room")
        written.append(offset)
        return write(handle, bytes(piece)[:2], offset)

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(OSError, match="no room"):
        blobs.append(PART, 7, [b"four", b"more"])
    monkeypatch.undo()
    assert blobs.settle(PART) == 7
    blobs.append(PART, 7, [b" again"])
    assert b"".join(blobs.pieces(PART)) == b"settled again"


def test_a_torn_blob_that_no_row_names_gives_way(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path / "files")
    digest = sha256(b"a page").hexdigest()
    torn = tmp_path / "files" / "blobs" / digest[:2] / digest
    torn.parent.mkdir()
    torn.write_bytes(b"a p")
    assert kept(blobs, PART, b"a page") == digest
    assert whole(blobs, digest) == b"a page"


def test_nobody_leaves_before_an_fsync_that_began_after_they_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many share one; but one under way when somebody comes may have begun too early for them."""
    folder = FolderSync(tmp_path)
    first_is_in, go_on = threading.Event(), threading.Event()
    synced: list[int] = []

    def slow(_: int) -> None:
        synced.append(len(synced))
        if len(synced) == 1:
            first_is_in.set()
            assert go_on.wait(30)

    monkeypatch.setattr(os, "fsync", slow)
    first = threading.Thread(target=folder.wait)
    first.start()
    assert first_is_in.wait(30)
    others = [threading.Thread(target=folder.wait) for _ in range(5)]
    for other in others:
        other.start()
    assert len(synced) == 1
    go_on.set()
    for thread in (first, *others):
        thread.join(30)
        assert not thread.is_alive()
    assert 2 <= len(synced) <= 6


def test_a_blob_says_when_its_bytes_were_written(blobs: BlobStore) -> None:
    before_ms = time.time_ns() // 1_000_000 - 2_000  # file systems keep coarser clocks
    blobs.append(PART, 0, [b"abc"])
    blobs.settle(PART)
    blobs.keep(PART, sha256(b"abc").hexdigest())
    assert before_ms <= blobs.kept_ms(sha256(b"abc").hexdigest()) <= time.time_ns() // 1_000_000 + 2_000
    assert blobs.kept_ms("0" * 64) == 0
