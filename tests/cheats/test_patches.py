"""What attacks and frauds put in the place of the grader's own is really there: else they would try nothing."""

import importlib
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from catalogue import ATTACKS
from frauds import FRAUDS

TEXTS = {attack.name: attack.loads + attack.called for attack in ATTACKS}
TEXTS |= {fraud.name: fraud.loads + fraud.forward for fraud in FRAUDS}
PATCHING = {name: text for name, text in TEXTS.items() if re.search(r"import grader\.\S+ as ", text)}


@pytest.mark.parametrize("name", PATCHING)
def test_what_is_patched_exists(name):
    modules = dict(re.findall(r"import (grader\.\S+) as (\w+)", PATCHING[name]))
    for module, alias in modules.items():
        paths = re.findall(rf"\b{alias}((?:\.\w+)+)", PATCHING[name].replace(f"{module} as {alias}", ""))
        assert paths, f"{alias} is imported and not used"
        for path in paths:
            found = importlib.import_module(module)
            for part in path.split(".")[1:]:
                assert hasattr(found, part), f"{module}{path}"
                found = getattr(found, part)
