"""A small office for engine tests: one form, two units, a citizen, officers; ops are made with short helpers."""

import itertools
from typing import Any

import msgspec

from schemas.forms import Form, decode_form
from schemas.ids import id_from
from schemas.messages import OpResult, WireDossier
from sync.ledger import Actor
from sync.memory import MemoryLedger, MemoryWorld
from sync.pull import Pulled, pull
from sync.push import push

FORM = {
    "procedure": "1.000001",
    "version": 1,
    "effective_from": "2026-01-01",
    "effective_to": None,
    "title": {"vi": "Tờ khai thử"},
    "source": "test",
    "verified": False,
    "sections": [
        {
            "key": "a",
            "title": {"vi": "A"},
            "fields": [
                {"key": "name", "kind": "name", "label": {"vi": "Tên"}, "required": True},
                {"key": "phone", "kind": "phone", "label": {"vi": "Số điện thoại"}},
                {"key": "note", "kind": "text", "label": {"vi": "Ghi chú"}},
                {"key": "checked", "kind": "text", "label": {"vi": "Đã kiểm tra"}, "policy": "office"},
                {
                    "key": "ways",
                    "kind": "choices",
                    "label": {"vi": "Cách"},
                    "options": [{"value": "x", "label": {"vi": "X"}}, {"value": "y", "label": {"vi": "Y"}}],
                },
            ],
        },
        {
            "key": "members",
            "title": {"vi": "Người"},
            "rows": {"min": 0, "max": 9},
            "fields": [{"key": "name", "kind": "name", "label": {"vi": "Tên"}}],
        },
    ],
    "rules": [],
    "slots": [
        {
            "key": "paper",
            "title": {"vi": "Giấy"},
            "required": False,
            "kinds": ["image"],
            "pages_max": 3,
            "bytes_max": 9999,
        }
    ],
}


def form(version: int = 1, **changes: Any) -> Form:
    """Return the test form, with changes."""
    return decode_form(msgspec.json.encode({**FORM, "version": version, **changes}))


class Office:
    """One ledger with its people. ``push`` runs one transaction."""

    def __init__(self, *, epoch: int = 1) -> None:
        """Begin empty, at a fixed moment."""
        self.now = 1_795_485_000_000
        self.serial = itertools.count(1)
        self.an = Actor(self.id(), "Hoàng Thị An")
        self.binh = Actor(self.id(), "Lý Văn Bình")
        self.officer = Actor(self.id(), "Cán bộ", {"06154": ("counter", "handler")})
        self.inspector = Actor(self.id(), "Thanh tra", {"06154": ("inspector",)})
        self.other = Actor(self.id(), "Cán bộ xã khác", {"06151": ("counter", "handler")})
        people = (self.an, self.binh, self.officer, self.inspector, self.other)
        self.ledger = MemoryLedger({actor.person: actor for actor in people})
        self.world = MemoryWorld([form()], {"06154": "LS-06154", "06151": "H37.99"}, epoch=epoch)

    def id(self) -> str:
        """Return a new id of the present moment."""
        return id_from(self.now, next(self.serial) << 40 | 7)

    def op(self, kind: str, dossier: str, **keys: Any) -> dict[str, Any]:
        """Return an op as a client would write it."""
        return {"id": self.id(), "dossier": dossier, "type": kind, "at": self.now, "form": "1.000001@1", **keys}

    def create(self, dossier: str, **keys: Any) -> dict[str, Any]:
        """Return a ``create``."""
        return self.op("create", dossier, **{"procedure": "1.000001", "unit": "06154", "channel": "online", **keys})

    def push(self, actor: Actor, *ops: dict[str, Any]) -> list[OpResult]:
        """Push ops in one transaction, a second later."""
        self.now += 1000
        with self.ledger.transaction():
            return push(self.ledger, self.world, actor, [msgspec.json.encode(op) for op in ops], self.now)

    def pull(self, actor: Actor, cursor: str = "", limit: int = 200) -> Pulled:
        """Pull."""
        return pull(self.ledger, actor, self.world.named, cursor, limit, "e1")

    def sees(self, actor: Actor, dossier: str) -> WireDossier:
        """Return a dossier as a reader sees it whole."""
        return next(d for d in self.pull(actor).dossiers if d.id == dossier)

    def draft(self, **values: Any) -> tuple[str, dict[str, Any]]:
        """Have An begin a dossier with values; return its id and the patch."""
        dossier = self.id()
        patch = self.op("patch", dossier, set=values)
        self.push(self.an, self.create(dossier), patch)
        return dossier, patch

    def filed(self, **values: Any) -> tuple[str, dict[str, Any]]:
        """Have An begin and submit a dossier."""
        dossier, patch = self.draft(**{"a.name": "An", **values})
        submit = self.op("submit", dossier, expect={"state": "draft"})
        assert self.push(self.an, submit)[0].outcome == "applied"
        return dossier, patch
