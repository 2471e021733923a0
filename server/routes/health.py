"""Whether the server is well, and what it offers. Nothing personal in any of it."""

from litestar import Response, get

from server.routes.gate import ANYONE, store_of
from server.routes.openapi import TEXT, speaks
from server.routes.wire import Answer, AnyRequest, answer


@get("/health", sync_to_thread=False, opt=ANYONE, summary="Whether the server can read its store")
def health(request: AnyRequest) -> Answer:
    """Answer the epoch and that the store can be read."""
    store = store_of(request)
    store.conn.execute("SELECT head FROM tip").fetchone()
    return answer(request, {"status": "ok", "epoch": store.epoch})


@get("/metrics", sync_to_thread=False, opt=speaks(ANYONE, media=TEXT), summary="Counts of this process, for Prometheus")
def metrics(request: AnyRequest) -> Answer:
    """Answer counts as Prometheus text."""
    store = store_of(request)
    head = store.conn.execute("SELECT head FROM tip").fetchone()[0]
    counts = {
        "motcua_log_head": head,
        "motcua_commits_total": store.writer.commits,
        "motcua_writer_queue": store.writer.waiting,
    }
    text = "".join(f"{name} {count}\n" for name, count in counts.items())
    return Response(text.encode(), media_type="text/plain; version=0.0.4", headers={"cache-control": "no-store"})
