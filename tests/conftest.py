"""Set before anything imports torch: idle threads sleep, as in the sandbox, where other tests need the processor."""

import os
import re
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
STATE = tempfile.TemporaryDirectory(prefix="state-")  # which courses were used before is not the developer's business
os.environ["XDG_STATE_HOME"] = STATE.name
# a suite that runs in the background is deaf to Ctrl-C, and so would be what it starts
signal.signal(signal.SIGINT, signal.default_int_handler)
# last: where the project is installed as a package, that one is tested, and tests/ is found all the same
sys.path.append(str(Path(__file__).resolve().parents[1]))
settings.register_profile("no clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no clock")  # a busy machine fails no test


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes give no name: some hold the time they were made at, and two workers would collect different tests."""
    return argname if isinstance(val, bytes) else None


SETTING = re.compile(r"(namespaces|landlock)'?, '?(root|ordinary user)")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many attacks and frauds were contained where."""
    ran: Counter[tuple[str, str]] = Counter()
    tried: set[str] = set()
    for report in terminalreporter.getreports("passed"):
        setting = SETTING.search(report.nodeid)
        if "tests/cheats/" in report.nodeid and setting and re.search("test_attack|test_fraud", report.nodeid):
            ran[setting[1], setting[2]] += 1
            tried.add(report.nodeid.partition(setting[0])[2])
    if ran:
        where = ", ".join(f"{count} in {tier} as {user}" for (tier, user), count in sorted(ran.items()))
        terminalreporter.write_line(f"{len(tried)} attacks contained: {where}")
