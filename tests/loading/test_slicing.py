"""The slice keeps what the wanted names depend on, and leaves training, downloads and prints out."""

import argparse
import ast
import builtins
import dis
import itertools
import typing
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.loading.program import read_program
from grader.loading.slicing import Effects, _name_operations

KNOWN = frozenset(dir(builtins)) | {"__name__"}
_names = itertools.count()


def kept(text: str, *wanted: str) -> list[str]:
    """First lines of the statements that the slice keeps."""
    program = read_program(f"sliced{next(_names)}.py", [("", text)], is_notebook=False)
    assert not program.errors
    chosen = program.slice(wanted, KNOWN)
    assert chosen == sorted(set(chosen))
    return [ast.unparse(program.statements[p].node).split("\n")[0] for p in chosen]


def test_a_parameter_is_no_dependence() -> None:
    text = """
def evaluate(cnn, data):
    loss = 0
    for batch in data:
        loss += cnn(batch)
    return loss
cnn = train(args)
loss = 3
data = download()
"""
    assert kept(text, "evaluate") == ["def evaluate(cnn, data):"]


@pytest.mark.parametrize("change", ["p.data = weights[name]", "p.data.copy_(weights[name])", "p[name] = 0"])
def test_a_loop_that_changes_what_it_goes_through_is_kept(change: str) -> None:
    text = f"""
net = Net()
weights = read()
for p, name in zip(net.parameters(), "ab"):
    {change}
for q in other.parameters():
    q.data = 0
def predict(x): return net(x)
"""
    assert "for p, name in zip(net.parameters(), 'ab'):" in kept(text, "predict")
    assert "for q in other.parameters():" not in kept(text, "predict")


def test_a_loop_that_only_looks_is_left_out() -> None:
    text = """
net = Net()
for p in net.parameters():
    print(p.shape)
def predict(x): return net(x)
"""
    assert kept(text, "predict") == ["net = Net()", "def predict(x):"]


def test_globals_that_a_body_reads_are_kept_transitively() -> None:
    text = """
import torch.nn.functional as F
import matplotlib.pyplot as plt
EPOCHS = 500
WIDTH = 2
SCALE = WIDTH * 2
def act(x): return F.relu(x) * SCALE
class Net:
    def forward(self, x): return act(x)
plt.plot([EPOCHS])
"""
    assert kept(text, "Net") == [
        "import torch.nn.functional as F",
        "WIDTH = 2",
        "SCALE = WIDTH * 2",
        "def act(x):",
        "class Net:",
    ]


def test_what_a_definition_reads_when_executed_is_kept() -> None:
    text = """
Base, size, deco, kind, used = object, 1, print, int, 2
other = 3
@deco
class Net(Base):
    width = size
    twice = width + used
    def f(self, x=size) -> kind: return self.other
"""
    assert kept(text, "Net") == ["Base, size, deco, kind, used = (object, 1, print, int, 2)", "@deco"]


def test_the_most_recent_definition_wins() -> None:
    text = """
helper = 1
class Net:
    a = helper
class Net:
    b = 2
"""
    assert kept(text, "Net") == ["class Net:"]


def test_an_earlier_definition_used_in_between_stays() -> None:
    text = "class Net:\n    a = 1\nclass Old(Net): pass\nclass Net(Old):\n    b = 2\n"
    assert kept(text, "Net") == ["class Net:", "class Old(Net):", "class Net(Old):"]


def test_a_redefined_training_half_is_not_mixed_up() -> None:
    text = """
def compute_loss(outputs): return 1
def train(args): return compute_loss(args)
cnn = train(1)
def compute_loss(outputs): return 2
def train(args, model): return compute_loss(model)
"""
    assert kept(text, "train") == ["def compute_loss(outputs):", "def train(args, model):"]


@pytest.mark.parametrize(
    "patch",
    [
        "Net.forward = better",
        "setattr(Net, 'forward', better)",
        "Net.table[0] = better",
        "if True:\n    Net.forward = better",
    ],
)
def test_patches_are_kept(patch: str) -> None:
    text = f"class Net: pass\ndef better(self, x): return x\n{patch}\nprint(Net)\n"
    assert kept(text, "Net") == ["class Net:", "def better(self, x):", patch.split("\n")[0]]


def test_patches_of_a_replaced_class_fall_away() -> None:
    text = "class Net: pass\nNet.forward = max\nclass Net: pass\n"
    assert kept(text, "Net") == ["class Net:"]


def test_method_calls_on_needed_objects_are_kept_and_results_of_others_not() -> None:
    text = """
import os
settings = {}
settings.update(a=1)
for key in 'bc':
    settings.setdefault(key, 0)
os.makedirs('out')
shown = settings.copy()
def f(): return os.sep, settings
"""
    assert kept(text, "f") == [
        "import os",
        "settings = {}",
        "settings.update(a=1)",
        "for key in 'bc':",
        "def f():",
    ]


def test_seeds_are_kept_with_their_module() -> None:
    text = """
import torch
import numpy as np
torch.manual_seed(0)
np.random.seed(0)
torch.save({}, 'x')
torch.backends.cudnn.deterministic = True
def f(): return torch.rand(1)
"""
    assert kept(text, "f") == [
        "import torch",
        "torch.manual_seed(0)",
        "torch.backends.cudnn.deterministic = True",
        "def f():",
    ]


def test_blocks_that_define_are_kept_whole_with_what_they_test() -> None:
    text = """
import os
try:
    from fast import conv
except ImportError:
    conv = None
if os.name == 'nt':
    def f(x): return conv(x)
else:
    def f(x): return conv(x) + 1
with open('log') as log:
    print(1, file=log)
"""
    assert kept(text, "f") == ["import os", "try:", "if os.name == 'nt':"]


def test_star_imports_are_kept() -> None:
    assert kept("from math import *\nimport os\ndef f(): return pi\n", "f") == ["from math import *", "def f():"]


def test_training_endless_loops_and_main_guards_are_not_run() -> None:
    text = """
losses = []
for epoch in range(500):
    loss = model(1)
    loss.backward()
    losses.append(loss)
while True:
    losses.append(sample())
if __name__ == '__main__':
    losses = [main()]
def f(): return losses
"""
    assert kept(text, "f") == ["losses = []", "def f():"]


def test_a_main_guard_gives_what_nothing_else_defines() -> None:
    text = """
def f(x): return x.to(device)
if __name__ == '__main__':
    device = 'cpu'
    train(device)
"""
    assert kept(text, "f") == ["def f(x):", "device = 'cpu'"]


def test_a_loop_with_a_way_out_that_fills_a_table_is_kept() -> None:
    text = """
table = {}
while True:
    table[len(table)] = 1
    if len(table) > 3: break
def f(): return table
"""
    assert kept(text, "f") == ["table = {}", "while True:", "def f():"]


def test_globals_set_by_a_called_function_are_found() -> None:
    text = """
def inner():
    global WIDTH
    WIDTH = 3
def setup(): inner()
setup()
def f(): return WIDTH
"""
    assert kept(text, "f") == ["def inner():", "def setup():", "setup()", "def f():"]


def test_a_name_defined_only_later_is_kept_for_a_second_try() -> None:
    assert kept("class Net(Base): pass\nclass Base: pass\n", "Net") == ["class Net(Base):", "class Base:"]


def test_dynamic_statements_are_kept_for_names_that_nothing_binds() -> None:
    text = "exec('WIDTH = 3')\nDEPTH = 1\ndef f(): return {}\n"
    assert kept(text.format("WIDTH"), "f") == ["exec('WIDTH = 3')", "def f():"]
    assert kept(text.format("DEPTH"), "f") == ["DEPTH = 1", "def f():"]


def test_lambdas_and_comprehensions_read_their_globals_now() -> None:
    text = "W = 2\ndef g(x): return x * W\nscaled = [g(x) for x in range(3)]\npick = lambda x: scaled[x]\nx = 1\n"
    assert kept(text, "pick") == [
        "W = 2",
        "def g(x):",
        "scaled = [g(x) for x in range(3)]",
        "pick = lambda x: scaled[x]",
    ]


def effects(text: str) -> Effects:
    (statement,) = read_program(f"sliced{next(_names)}.py", [("", text)], is_notebook=False).statements
    return statement.effects


@pytest.mark.parametrize(
    ("text", "uses", "called", "binds", "declares"),
    [
        ("y = [x + w for x in z]", "w z", "", "y", ""),
        ("y = {k: v for k, v in z if k in w}", "w z", "", "y", ""),
        ("y = [x for x in x]", "x", "", "y", ""),
        ("y = [(x := n) for n in z]", "z", "", "x y", ""),
        ("y = lambda x: x + w", "w", "w", "y", ""),
        ("def f(x=w): return [n + v for n in x]", "w", "v", "f", ""),
        ("def f():\n    global x\n    x = w", "", "w", "f", "x"),
        ("def f():\n    global x\n    x += 1", "", "x", "f", "x"),
        ("def f():\n    x = 1\n    def g(): return x + w\n    return g", "", "w", "f", ""),
        ("class A(B):\n    n = w\n    m = n\n    def f(self): return n + v", "B w", "n v", "A", ""),
        ("class A:\n    n = n", "n", "", "A", ""),
        ("class A:\n    n = [k for k in z]\n    k = n", "z", "", "A", ""),
        (
            "class A:\n    @property\n    def n(self): return w\n    @n.setter\n    def n(self, to): pass",
            "property",
            "w",
            "A",
            "",
        ),
        ("x += w", "w x", "", "x", ""),
        ("del x", "", "", "", ""),
        ("x: int", "int", "", "", ""),
        ("for x in z:\n    y = x", "x z", "", "x y", ""),
        ("try:\n    import a.b as c, d.e\nexcept E as e:\n    pass", "E", "", "c d e", ""),
        ("match z:\n    case [x, *y]: pass\n    case {'k': v, **w}: pass", "z", "", "v w x y", ""),
    ],
)
def test_what_a_statement_reads_and_binds(text: str, uses: str, called: str, binds: str, declares: str) -> None:
    """The same on every version of Python; only where comprehensions are functions, up to 3.11, `called` has theirs."""
    found = effects(text)
    assert found.uses - {"__name__", "__annotations__"} == set(uses.split())
    assert {name for name in found.called if name not in found.uses or text.count("lambda")} == set(called.split())
    assert (found.binds, found.declares) == (set(binds.split()), set(declares.split()))


NAMES = ["a", "b", "c", "d", "f", "g"]
VALUES = st.sampled_from([*NAMES, "1", "len(a)", "f()", "g()"])
STATEMENTS = st.one_of(
    st.builds("{} = [{}]".format, st.sampled_from(NAMES), VALUES),
    st.builds("{} += [{}]".format, st.sampled_from(NAMES), VALUES),
    st.builds("{}.append({})".format, st.sampled_from(NAMES), VALUES),
    st.builds("def {}(): return [{}, {}]".format, st.sampled_from(["f", "g"]), VALUES, VALUES),
    st.builds("def {}(a=({})): return a".format, st.sampled_from(["f", "g"]), VALUES),
    st.builds("for {} in ({}, {}): b = [{}]".format, st.sampled_from(NAMES), VALUES, VALUES, VALUES),
    st.builds("if {}: {} = [{}]".format, VALUES, st.sampled_from(NAMES), VALUES),
    st.builds("class {}: width = {}".format, st.sampled_from(["c", "d"]), VALUES),
)


def run_until_error(statements: list[Any], chosen: list[int]) -> dict[str, Any] | None:
    namespace: dict[str, Any] = {}
    for position in chosen:
        try:
            exec(statements[position].code, namespace)
        except Exception:
            return None
    return namespace


@given(st.lists(STATEMENTS, min_size=1, max_size=12), st.sampled_from(NAMES))
@settings(max_examples=400)
def test_a_slice_of_a_program_that_runs_gives_the_same_value(lines: list[str], wanted: str) -> None:
    program = read_program("random.py", [("", "\n".join(lines))], is_notebook=False)
    whole = run_until_error(program.statements, list(range(len(program.statements))))
    if whole is None or wanted not in whole:
        return
    sliced = run_until_error(program.statements, program.slice([wanted], KNOWN))
    assert sliced is not None, "a kept statement lacks a name that the whole program defines"
    if isinstance(whole[wanted], list):
        assert shown(sliced[wanted]) == shown(whole[wanted])
    else:
        assert type(sliced[wanted]) is type(whole[wanted])


def shown(value: Any, depth: int = 0) -> Any:
    if isinstance(value, list):
        return [shown(v, depth + 1) for v in value] if depth < 6 else "…"
    return value if isinstance(value, int) else type(value).__name__


@pytest.mark.parametrize("module", [ast, argparse, typing])
def test_names_are_read_from_bytecode_as_dis_reads_them(module: Any) -> None:
    waiting = [compile(Path(module.__file__).read_text(), module.__file__, "exec")]
    wanted = {"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS", "STORE_NAME", "STORE_GLOBAL"}
    while waiting:
        code = waiting.pop()
        waiting += [c for c in code.co_consts if isinstance(c, CodeType)]
        expected = [(i.opcode, i.argval) for i in dis.get_instructions(code) if i.opname in wanted]
        assert list(_name_operations(code)) == expected
