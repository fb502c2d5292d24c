"""Set before anything imports torch: idle threads sleep, as in the sandbox, where other tests need the processor."""

import os
import signal
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
# a suite that runs in the background is deaf to Ctrl-C, and so would be what it starts
signal.signal(signal.SIGINT, signal.default_int_handler)
# last: where the project is installed as a package, that one is tested, and tests/ is found all the same
sys.path.append(str(Path(__file__).resolve().parents[1]))
settings.register_profile("no clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no clock")  # a busy machine fails no test


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes give no name: some hold the time they were made at, and two workers would collect different tests."""
    return argname if isinstance(val, bytes) else None
