"""Inside Pyodide: import the desk, and say how many milliseconds that took."""

import importlib
import time


async def answer() -> float:
    """Import what a first page needs."""
    begun = time.perf_counter()
    for name in ("server.desk.app", "server.desk.drawing", "server.desk.memory"):
        importlib.import_module(name)
    return (time.perf_counter() - begun) * 1000
