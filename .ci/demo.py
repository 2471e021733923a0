"""Run the demo until Ctrl-C, which ends it with exit code 0 and without a word from make.

Make reports any signal it gets as an error. So the demo takes the terminal for itself, as a shell's foreground job
does: Ctrl-C then reaches the demo alone.
"""

import contextlib
import os
import signal
import subprocess
import sys

import house

DATA = house.ROOT / "var" / "demo"
#: The province's real records, where they lie beside the project.
REAL = house.ROOT.parent / "shared" / "data"


@contextlib.contextmanager
def own_terminal():  # noqa: ANN201 - a generator behind contextmanager
    """Be the terminal's foreground group, where there is a terminal that makes sense of it."""
    if os.name == "nt" or not sys.stdin.isatty() or os.tcgetpgrp(0) != os.getpgrp():
        yield
        return
    before = os.getpgrp()
    for stop in (signal.SIGTTOU, signal.SIGTSTP):
        signal.signal(stop, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpgrp())
    try:
        yield
    finally:
        os.tcsetpgrp(0, before)


def serve(arguments: list[str]) -> int:
    """Start the demo and pass on how it ended; an end that was asked for is a good one."""
    asked: list[int] = []
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, lambda number, _frame: asked.append(number))
    command = [str(house.PYTHON), "-m", "server.cli", "demo", "--dossiers", "--data", str(DATA), *arguments]
    with subprocess.Popen(command, cwd=house.ROOT) as demo:
        while True:
            try:
                code = demo.wait(0.5)
                break
            except subprocess.TimeoutExpired:
                if signal.SIGTERM in asked:
                    asked.remove(signal.SIGTERM)
                    asked.append(signal.SIGINT)
                    demo.send_signal(signal.SIGINT)
    return 0 if asked else code


def import_real() -> None:
    """Put the national portal's records into the demo, where they are beside the project."""
    files = [REAL / f"{name}.json" for name in ("procedures", "catalogue")]
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        print(f"motcua: without the full catalogue: {' and '.join(missing)} not there", file=sys.stderr)
        return
    motcua = [house.PYTHON, "-m", "server.cli"]
    house.run([*motcua, "migrate", "--data", DATA])
    for file in files:
        print(f"motcua: {file.name}", flush=True)
        house.run([*motcua, "catalogue", "import", file, "--data", DATA])


def main() -> int:
    """Run ``make run``; ``ARGS="--port 9000"`` are the demo's own."""
    try:
        house.prepare()
    except house.Missing as missing:
        print(f"motcua: {missing}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    DATA.parent.mkdir(exist_ok=True)
    if "full" in sys.argv[1:]:
        try:
            import_real()
        except house.Missing as missing:
            print(f"motcua: {missing}", file=sys.stderr)
            return 1
    with own_terminal():
        return serve(os.environ.get("ARGS", "").split())


if __name__ == "__main__":
    sys.exit(main())
