"""Set before anything imports torch: idle threads sleep, as in the sandbox, where other tests need the processor."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
