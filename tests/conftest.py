"""Set before anything imports torch: idle threads sleep, as in the sandbox, where other tests need the processor."""

import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
# last: where the project is installed as a package, that one is tested, and tests/ is found all the same
sys.path.append(str(Path(__file__).resolve().parents[1]))
