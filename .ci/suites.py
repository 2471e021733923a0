"""Run the tests and checks, one suite after the other, and end with what became of each."""

import os
import shutil
import subprocess
import sys
import time

import house

INSTALL = ["apt-get", "install", "-y", "--no-install-recommends"]
#: What the journeys are made with: the program that is looked for, and Debian's packages that bring it.
BROWSERS = {
    "chromium": ["chromium", "fonts-noto-core"],
    "firefox-esr": ["firefox-esr"],
    "WebKitWebDriver": ["webkit2gtk-driver"],
    "Xvfb": ["xvfb"],
}
PACKAGES = ["server", "sync", "schemas", "client"]
COVERED = [f"--cov={package}" for package in PACKAGES]


def python(*arguments: str) -> list[str]:
    """Return a command of the environment's Python."""
    return [str(house.PYTHON), "-m", *arguments]


def pytest(*arguments: str) -> list[str]:
    """Return a run of pytest."""
    return python("pytest", "-q", *arguments)


def paths(*patterns: str) -> list[str]:
    """Return the files and folders that are there."""
    return [str(path.relative_to(house.ROOT)) for pattern in patterns for path in sorted(house.ROOT.glob(pattern))]


def fast() -> dict[str, list[str]]:
    """Return the suites that need no browser."""
    folders = paths("tests/test_*.py", "tests/unit", "tests/property", "tests/contract")
    return {
        "unit, property, contract": pytest("-n2", *COVERED, "--cov-report=term:skip-covered", *folders),
        "every branch of the engine and the schemas": python(
            "coverage", "report", "--include=sync/*,schemas/*", "--fail-under=100"
        ),
        "simulation": pytest("-n2", "--timeout=600", *paths("tests/simulation")),
        "integration": pytest("-n2", "--timeout=300", *paths("tests/integration")),
        "bundle": [str(house.PYTHON), ".ci/bundle.py", "test"],
        "client": ["node", "--test", *paths("client/tests/**/*.test.mjs", "tests/unit/client/**/*.test.mjs")],
    }


def journeys(*more: str) -> dict[str, list[str]]:
    """Return the suite in real browsers."""
    return {"journeys": pytest("-n2", "--dist=loadfile", "--timeout=300", *more, "e2e")}


def checks() -> dict[str, list[str]]:
    """Return what reads the code without running it."""
    npm, _ = house.node()
    return {
        "ruff": python("ruff", "check", "."),
        "format": python("ruff", "format", "--check", "."),
        "mypy": python("mypy"),
        "imports": [str(house.SCRIPTS / "lint-imports"), "--no-cache"],
        "types of the client": [*npm, "--prefix", "client", "run", "--silent", "check"],
    }


def need_browsers() -> None:
    """Install what of Debian's browsers is missing, where that can be done.

    Raises:
        Missing: one is not there and cannot be installed from here.
    """
    packages = [package for program, names in BROWSERS.items() if not shutil.which(program) for package in names]
    if not packages:
        return
    say = house.Missing(f"the journeys need browsers: as root, {' '.join(INSTALL + packages)} (or without them: E2E=0)")
    if not shutil.which("apt-get") or os.geteuid() != 0:
        raise say
    try:
        house.run(["apt-get", "-qq", "update"])
        house.run([*INSTALL, *packages], env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    except house.Missing as failed:
        raise say from failed


def go(suites: dict[str, list[str]]) -> int:
    """Run every suite, also after one has failed, and say how each ended."""
    _, env = house.node()
    env |= {"PYTHONUNBUFFERED": "1", "COVERAGE_FILE": str(house.ROOT / ".coverage")}
    report: list[tuple[str, int, float]] = []
    for name, command in suites.items():
        print(f"\n== {name}", flush=True)
        begun = time.monotonic()
        code = subprocess.run(command, cwd=house.ROOT, env=env, check=False).returncode
        report.append((name, code, time.monotonic() - begun))
    print()
    for name, code, seconds in report:
        print(f"{'ok    ' if code == 0 else 'FAILED'} {name} ({seconds:.0f} s)")
    return int(any(code for _, code, _ in report))


def chosen(what: str) -> dict[str, list[str]]:
    """Return the suites of a Make target."""
    with_browser = os.environ.get("E2E") != "0"
    if what == "check":
        return checks()
    if what == "bench":
        return {"bench": python("tests.bench"), "bundle": [str(house.PYTHON), ".ci/bundle.py", "bench"]}
    if with_browser:
        need_browsers()
    os.environ.setdefault("PICTURES", "0" if what == "test" else "1")
    if what == "e2e":
        return journeys()
    if what == "test-long":
        os.environ |= {"SIM_RUNS": os.environ.get("SIM_RUNS", "20000"), "HYPOTHESIS_PROFILE": "long"}
    return fast() | (journeys(*([] if what == "test-long" else ["-m", "not long"])) if with_browser else {})


def main() -> int:
    """Run a Make target: ``test``, ``test-long``, ``check``, ``e2e`` or ``bench``."""
    try:
        house.prepare(tools=True)
        return go(chosen(sys.argv[1]))
    except house.Missing as missing:
        print(f"motcua: {missing}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
