"""Student sources as they come: notebooks with magics, Python 2, cells that raise, training at top level."""

import io
import pickle
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from grader.loading import loading, standins
from grader.loading.loading import Loaded, load_source
from grader.loading.locations import locate
from grader.loading.recovery import parse_cell
from grader.loading.translation import plain_cell


@pytest.fixture(autouse=True)
def _in_empty_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test is a submission of its own, which a process has only one of."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    yield
    standin_modules = [name for name, module in sys.modules.items() if isinstance(module, standins.StandInModule)]
    for name in [*loading._loaded, *standin_modules]:
        sys.modules.pop(name, None)
    loading._loaded.clear()


def load_module(text: str, *wanted: str, path: str = "work.py", budget_s: float = 20.0) -> Loaded:
    return load_source(path, "module", [("", text)], wanted, budget_s)


def load_notebook(*cells: str, wanted: Collection[str], budget_s: float = 20.0) -> Loaded:
    return load_source("work.ipynb", "notebook", [(f"cell {n}", c) for n, c in enumerate(cells, 1)], wanted, budget_s)


COLAB = (
    "%matplotlib inline\n!pip install Pillow==4.0.0 \\\n    scipy\nimport os, torch\nimport torch.nn as nn",
    "from google.colab import drive, files\ndrive.mount('/content/drive')\n%cd /content/drive/work",
    "if not os.path.exists('colours.npz'):\n    !wget http://example.org/colours.npz\n\nNC = 3",
    "%%time\nclass Net(nn.Module):\n    def __init__(self, kernel):\n        super().__init__()\n"
    "        self.conv = nn.Conv2d(1, NC, kernel)\n    def forward(self, x):\n        return check(self.conv(x))",
    "def check(x):\n    if x.shape[2] < 3:\n        raise ValueError('too\\nsmall')\n    return x",
    "args = dict(epochs=500)\ncnn = train(args)\nfor epoch in range(500):\n    loss = cnn(1)\n    loss.backward()",
    "raise SystemExit\nwhile True: pass",
)


def test_a_colab_notebook_gives_its_network_and_trains_nothing() -> None:
    loaded = load_notebook(*COLAB, wanted=["Net", "UNet"])
    assert loaded.errors == {}
    assert "UNet" not in loaded.namespace
    assert loaded.namespace["Net"](3)(torch.zeros(1, 1, 8, 8)).shape == (1, 3, 6, 6)
    assert not {"cnn", "args", "drive"} & loaded.namespace.keys()


def test_a_name_that_is_there_and_still_lacking_is_not_waited_for_forever() -> None:
    """`rate` is the function's own, and a constant beside it."""
    text = "rate = 1\ndef halve():\n    def by(): return rate\n    half = by()\n    rate = 2\nHALF = halve()"
    assert "free variable 'rate'" in load_module(text, "HALF", "rate").errors["HALF"]["message"]


def test_an_error_is_located_by_file_cell_and_line() -> None:
    net = load_notebook(*COLAB, wanted=["Net"]).namespace["Net"](3)
    with pytest.raises(ValueError, match="small") as caught:
        net(torch.zeros(1, 1, 4, 4))
    assert locate(caught.value) == "work.ipynb, cell 5, line 3, in check"
    assert locate(ValueError("from elsewhere")) == ""


def test_lines_are_counted_as_the_student_sees_them() -> None:
    cell = "\n\n!wget a \\\n  b\n%time x = 1\nfiles = !ls\ndef f():\n    raise KeyError('here')\n"
    with pytest.raises(KeyError) as caught:
        load_notebook(cell, wanted=["f"]).namespace["f"]()
    assert locate(caught.value) == "work.ipynb, cell 1, line 8, in f"


@pytest.mark.parametrize(
    ("cell", "contains"),
    [
        ("%%capture out\nx = 1", "x = 1"),
        ("%run helpers/data.py", "from helpers.data import *"),
        ("%time y = f()", "y = f()"),
        ("%%bash\nrm -rf /\n", "get_ipython().run_cell_magic('bash'"),
        ("torch.relu?", "get_ipython()"),
    ],
)
def test_magics_become_python(cell: str, contains: str) -> None:
    plain = plain_cell(cell)
    assert contains in plain
    compile(plain, "cell", "exec")


def test_shell_lines_that_a_definition_needs_are_recorded_not_run(tmp_path: Path) -> None:
    loaded = load_notebook("listing = !touch made.txt\ndef f(): return list(listing)", wanted=["f"])
    assert loaded.namespace["f"]() == []
    assert loaded.notes == ["not run: !touch made.txt"]
    assert list(tmp_path.iterdir()) == []


def test_the_later_of_two_definitions_counts() -> None:
    cells = ("def train(args): return 'colour'", "def train(args, net): return 'segmentation'")
    assert load_notebook(*cells, wanted=["train"]).namespace["train"](1, 2) == "segmentation"


def test_cells_out_of_order_are_tried_again() -> None:
    loaded = load_notebook(
        "class Net(Base):\n    width = W", "W = size()", "def size(): return 4\nclass Base: pass", wanted=["Net"]
    )
    assert loaded.errors == {}
    assert loaded.namespace["Net"].width == 4


def test_a_syntax_error_costs_only_its_own_definition() -> None:
    cell = "def a(): return 1\n\ndef b(:\n    return 2\n\n"
    cell += '@staticmethod\ndef c():\n    """\nat the edge\n"""\n    return 3\n'
    loaded = load_notebook(cell, "x = )", wanted=["a", "b", "c"])
    assert loaded.namespace["a"]() == 1
    assert loaded.namespace["c"]() == 3
    assert loaded.errors == {
        "b": {"type": "SyntaxError", "message": "invalid syntax", "where": "work.ipynb, cell 1, line 3"}
    }
    assert "work.ipynb, cell 2, line 1: SyntaxError: unmatched ')'" in loaded.notes


def test_a_base_that_cannot_be_read_is_named_as_the_cause() -> None:
    loaded = load_module("class Base(:\n    pass\n\nclass Net(Base):\n    pass\n", "Net")
    assert loaded.errors["Net"]["where"] == "work.py, line 1"
    assert loaded.errors["Net"]["type"] == "SyntaxError"


HANDOUT = """
def forward(self, x):  # a: b
    # TODO: write it
    ##########

class Net:
    def f(self, x: int): # TODO
    def g(self,
          x):

        # here: nothing

    def h(self, x):
        if x:
            # first
        else:
            # second
        return 5

def last(x):
"""


def test_empty_bodies_of_an_untouched_handout_are_functions_that_return_nothing() -> None:
    loaded = load_module(HANDOUT, "forward", "Net", "last")
    assert loaded.errors == {}
    net = loaded.namespace["Net"]()
    assert loaded.namespace["forward"](1, 2) is None
    assert (net.f(1), net.g(1), net.h(0), loaded.namespace["last"](1)) == (None, None, 5, None)


def test_lines_stay_where_they_are_when_bodies_are_filled() -> None:
    statements = parse_cell(HANDOUT, is_notebook=False).statements
    assert [s.lineno for s in statements] == [2, 6, 20]


def test_an_unfinished_merge_keeps_the_first_side() -> None:
    text = "def f(x):\n<<<<<<< HEAD\n    return 1\n=======\n    return 2\n>>>>>>> other\n\ndef g(): return 3\n"
    loaded = load_module(text, "f", "g")
    assert (loaded.namespace["f"](0), loaded.namespace["g"]()) == (1, 3)


OLD = """import cPickle
import numpy as np
from scipy.misc import imresize
half = 7 / 2
def show(d, *rest):
    print "padding", half
    for k, v in d.iteritems():
\tprint k, v
    try:
        return map(lambda x: x + 1, xrange(3)) + [u"a".encode is None, 3.0 / 2, cPickle.dumps is None]
    except (ValueError, KeyError), e:
        raise RuntimeError, e
answer = raw_input("continue? ")
"""


def test_python_2_is_read(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    loaded = load_module(OLD, "show", "half", "answer", path="old-123.py")
    assert loaded.namespace["show"]({1: 2}) == [1, 2, 3, False, 1.5, False]
    assert loaded.namespace["half"] == 3
    assert capsys.readouterr().out == "continue? padding 3\n1 2\n"
    assert loaded.errors["answer"] == {
        "type": "EOFError",
        "message": "EOF when reading a line",
        "where": "old-123.py, line 13",
    }
    assert "read as Python 2" in loaded.notes


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("x = 1 / 0", "ZeroDivisionError"),
        ("import sys\nx = sys.exit('bye')", "SystemExit"),
        ("x = open('shakespeare_train.txt').read()", "FileNotFoundError"),
        ("x = not_defined_anywhere", "NameError"),
        ("x = y\ny = z", "NameError"),
    ],
)
def test_a_failing_statement_costs_only_what_depends_on_it(statement: str, error: str) -> None:
    loaded = load_module(f"{statement}\ndef f(): return x\ndef g(): return 1\n", "f", "g", "x")
    assert loaded.namespace["g"]() == 1
    assert loaded.errors.keys() == {"x"}
    assert loaded.errors["x"]["type"] == error
    assert any(error in note for note in loaded.notes)


@pytest.mark.parametrize("body", ["pass", "try: 1 / 0\n        except: pass\n        n += 1\n        if n > 3: pass"])
def test_an_endless_statement_is_stopped_and_the_next_goes_on(body: str) -> None:
    text = f"def spin():\n    n = 0\n    while True:\n        {body}\nx = spin()\ndef f(): return 1\n"
    loaded = load_module(text, "x", "f", budget_s=1.0)
    assert loaded.namespace["f"]() == 1
    assert loaded.errors["x"]["type"] == "StatementTimeoutError"
    assert loaded.errors["x"]["where"].startswith("work.py, line ")


def test_names_made_by_exec_are_found() -> None:
    loaded = load_module("exec('def f(): return g()')\ndef g(): return 4\n", "f")
    assert loaded.namespace["f"]() == 4


def test_absent_packages_and_removed_names_cost_only_their_use() -> None:
    text = """
import absent_package.sub as ap
from absent_package import jit, LightningModule
from collections import Iterable
ap.options['x'] = 1
for _ in ap.items(): pass
with ap.session() as s: s.run()
@jit
def f(x): return x
class Net(LightningModule): pass
class Data(ap.Dataset): pass
"""
    loaded = load_module(text, "f", "Net", "Data", "ap", "Iterable")
    assert loaded.errors == {}
    assert loaded.namespace["f"](3) == 3
    assert issubclass(loaded.namespace["Net"], torch.nn.Module)
    assert loaded.namespace["Data"]().__class__.__mro__[1] is object
    assert "not installed here, a stand-in takes its place: absent_package" in loaded.notes
    assert any("cannot import name 'Iterable'" in note for note in loaded.notes)
    assert not hasattr(loaded.namespace["Iterable"], "__torch_function__")


def test_a_student_who_tries_an_import_sees_it_fail() -> None:
    text = "try:\n    import absent_thing\n    here = True\nexcept ImportError:\n    here = False\n"
    assert load_module(text, "here").namespace["here"] is False


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def test_files_import_each_other_without_training(tmp_path: Path) -> None:
    files = {
        "models/unet.py": "from .blocks import Block\nimport iou\nWIDTH = 3\nclass UNet(Block):\n"
        "    loss = iou.SoftIoU\nnet = UNet()\nfor e in range(10**9):\n    net.step()\nprint('trained')\n",
        "models/blocks.py": "class Block:\n    pass\nraise RuntimeError('at import')\n",
        "iou-1234.py": "class SoftIoU: pass\n",
    }
    write(tmp_path, files)
    text = "from models.unet import UNet, WIDTH, net\nclass Mine(UNet): pass\n"
    loaded = load_module(text, "Mine", "WIDTH", "net")
    assert loaded.errors == {}
    assert loaded.namespace["Mine"].loss.__name__ == "SoftIoU"
    assert type(loaded.namespace["net"]).__module__ == "models.unet"
    again = load_module(files["models/unet.py"], "UNet", path="models/unet.py")
    assert again.errors == {}
    assert pickle.loads(pickle.dumps(again.namespace["UNet"])) is again.namespace["UNet"]  # noqa: S301


def test_an_error_in_an_imported_file_is_told_at_its_place(tmp_path: Path) -> None:
    write(tmp_path, {"unet.py": "x = 1\nclass UNet(:\n    pass\n", "iou.py": "x = {}\nloss = x['absent']\n"})
    loaded = load_module("from unet import UNet\nfrom iou import loss, nothing\n", "UNet", "loss")
    assert loaded.errors["UNet"]["where"] == "unet.py, line 2"
    assert loaded.errors["loss"] == {"type": "KeyError", "message": "'absent'", "where": "iou.py, line 2"}


def test_own_modules_never_get_a_stand_in(tmp_path: Path) -> None:
    write(tmp_path, {"helpers.py": "x = 1\n"})
    loaded = load_module("from helpers import missing\n", "missing")
    assert loaded.errors["missing"]["type"] == "ImportError"


def test_files_that_import_in_a_circle_load(tmp_path: Path) -> None:
    write(
        tmp_path, {"a.py": "import b\nX = 1\ndef f(): return b.g()\n", "b.py": "from a import X\ndef g(): return X\n"}
    )
    assert load_module("from a import f\n", "f").namespace["f"]() == 1


def test_a_cell_that_writes_a_module_gives_it() -> None:
    cells = ("%%writefile net.py\nclass Net:\n    width = 2\n", "from net import Net\n")
    assert load_notebook(*cells, wanted=["Net"]).namespace["Net"].width == 2


def test_a_cell_that_writes_outside_is_not_obeyed(tmp_path: Path) -> None:
    load_notebook("%%writefile ../outside.py\nx = 1\n", "def f(): pass", wanted=["f"])
    assert not (tmp_path.parent / "outside.py").exists()


def test_a_module_has_a_name_of_its_own() -> None:
    loaded = load_module(
        "name = __name__\nfile = __file__\nclass Net: pass\n", "name", "file", "Net", path="a b/unet-1.py"
    )
    assert loaded.namespace["name"] == loaded.namespace["Net"].__module__ == "a_b.unet_1"
    assert loaded.namespace["file"].endswith("a b/unet-1.py")
    assert load_module("n = __name__", "n", path="torch.py").namespace["n"] == "torch_handed_in"


def test_a_student_who_leaves_the_folder_does_not_take_the_next_source_along(tmp_path: Path) -> None:
    load_module("import os\nhere = os.chdir('/')\n", "here")
    assert Path.cwd() == tmp_path


def test_nul_bytes_and_deep_nesting_are_errors_of_the_student() -> None:
    loaded = load_module("x = '\0'\nf = 1\n" + "y = " + "(" * 5000 + ")" * 5000 + "\n", "x", "y", "f")
    assert loaded.namespace["f"] == 1
    assert loaded.errors.keys() == {"x", "y"}


def test_cuda_calls_give_the_thing_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.Tensor, "cuda", torch.Tensor.cuda)
    monkeypatch.setattr(torch.nn.Module, "cuda", torch.nn.Module.cuda)
    standins.tolerate_missing_cuda()
    x: Any = torch.zeros(2)
    net = torch.nn.Linear(2, 1)
    assert x.cuda(non_blocking=True) is x
    assert net.cuda(0) is net
