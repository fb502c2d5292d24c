"""torch starts without some of its parts: common work does not bring them in, and whatever needs them has them."""

import fcntl
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.loading.torch_on_demand import META_FACTORIES

PLAIN = """
import importlib, sys, warnings
import torch
warnings.simplefilter("ignore")
"""
START = """
import importlib, sys, warnings
warnings.simplefilter("ignore")
from grader.child import warm
warm.prepare()
import torch
from grader.loading.torch_on_demand import Placeholder
"""
OPENED = "not isinstance(torch._meta_registrations, Placeholder)"
COMPILER = '"torch._dynamo.eval_frame" in sys.modules'


def run(start: str, code: str, *arguments: str) -> str:
    # freed memory is overwritten, so that what is used after its end shows
    command = [sys.executable, "-c", start + code, *arguments]
    environment = {"MALLOC_PERTURB_": "165", "OMP_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


TRAINING = """
import copy, io, pickle
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm, self.drop = nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.Dropout()
        self.linear, self.lstm = nn.Linear(64, 5), nn.LSTM(5, 5)
    def forward(self, x):
        x = self.drop(F.max_pool2d(F.relu(self.norm(self.conv(x))), 2)).flatten(1)
        return self.lstm(self.linear(x)[None])[0][0]

data = TensorDataset(torch.randn(8, 3, 8, 8), torch.randint(5, (8,)))
net = Net()
net.conv.register_forward_hook(lambda *_: None)
net.linear.register_full_backward_hook(lambda *_: None)
for name in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad"):
    optimizer = getattr(torch.optim, name)(net.parameters(), lr=0.01)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1)
    for x, y in DataLoader(data, batch_size=4, shuffle=True):
        optimizer.zero_grad()
        F.cross_entropy(net(x), y).backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
    schedule.step()
    optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))

class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x
    @staticmethod
    def backward(ctx, gradient):
        return 2 * gradient * ctx.saved_tensors[0]

class Watching(torch.overrides.TorchFunctionMode):
    def __torch_function__(self, function, types, args=(), kwargs=None):
        return function(*args, **(kwargs or {}))

x = torch.randn(3, dtype=torch.double, requires_grad=True)
assert torch.autograd.gradcheck(Square.apply, (x,))
Square.apply(x).backward(torch.ones_like(x))
with Watching():
    net(data.tensors[0]).sum().backward()
for saved in (net.state_dict(), net):
    file = io.BytesIO()
    torch.save(saved.copy() if isinstance(saved, dict) else nn.Linear(2, 2), file)
    file.seek(0)
    torch.load(file, weights_only=isinstance(saved, dict))
pickle.loads(pickle.dumps(torch.ones(2)))
copy.deepcopy(nn.Linear(2, 2))
torch.manual_seed(0), torch.Generator().manual_seed(1), repr(net), str(x), torch.cuda.is_available()
torch.distributions.Normal(0.0, 1.0).sample()
torch.autograd.functional.jacobian(lambda x: x * 2, x.detach())
nn.TransformerEncoderLayer(8, 2)(torch.randn(2, 3, 8)), nn.utils.parametrizations.spectral_norm(nn.Linear(2, 2))
torch.jit.script(nn.Linear(2, 2))
from torch import *
"""


def test_common_work_brings_nothing_in() -> None:
    assert run(START, TRAINING + f"print({OPENED}, {COMPILER}, 'sympy' in sys.modules)") == "False False False\n"


def test_an_optimizer_without_the_compiler_makes_the_right_step() -> None:
    code = """
layer = torch.nn.Linear(2, 1)
before = layer.weight.detach().clone()
optimizer = torch.optim.Adam(layer.parameters(), lr=0.1)
layer(torch.ones(3, 2)).sum().backward()
optimizer.step()
assert torch.allclose(before - layer.weight, torch.full((1, 2), 0.1), atol=1e-4), layer.weight
"""
    assert run(START, code + f"print({COMPILER})") == "False\n"


def test_a_gradient_of_another_shape_is_refused_as_ever() -> None:
    code = """
try:
    (torch.ones(3, requires_grad=True) * 2).backward(torch.ones(2))
except RuntimeError as error:
    print(error)
"""
    said = run(START, code)
    assert "Mismatch in shape" in said
    assert said == run(PLAIN, code)


NEEDING = {
    "a tensor on meta": "print(torch.nn.functional.gelu(torch.empty(2, 3, device='meta')).shape)",
    "a layer on meta": "print(torch.nn.Conv2d(3, 4, 3, device='meta')(torch.zeros(1, 3, 8, 8, device='meta')).shape)",
    "a layer moved to meta": "print(torch.nn.Linear(2, 3).to('meta').weight)",
    "meta by default": "torch.set_default_device('meta'); print(torch.linalg.svd(torch.randn(4, 3))[1].shape)",
    "meta in a block": "with torch.device('meta'): print(torch.nn.LSTM(2, 3)(torch.randn(4, 1, 2))[0].shape)",
    "meta by map_location": """
import io
file = io.BytesIO(); torch.save(torch.ones(3), file); file.seek(0)
print(torch.load(file, map_location="meta"))""",
    "an operation with no kernel for meta of its own": """
x = torch.ones(2, device="meta")
print(torch.addr(torch.ones(2, 2, device="meta"), x, x).stride(), torch.cdist(x[None], x[None]).shape)""",
    "an empty sparse tensor": """
made = torch.ops.aten._sparse_coo_tensor_with_dims(1, 0, (3,), layout=torch.sparse_coo, device="meta")
print(made.shape, torch.nn.functional.gelu(torch.ones(2, device="meta")).shape)""",
    "a zero tensor": "print(torch._efficientzerotensor((3,), device='meta').shape)",
    "fake tensors": """
from torch._subclasses.fake_tensor import FakeTensorMode
with FakeTensorMode(): print(torch.nn.Linear(2, 3)(torch.randn(4, 2)))""",
    "compiling": "print(torch.compile(lambda x: x * 2 + 1, backend='eager')(torch.ones(2)))",
    "compiling by the decorator": """
@torch.compile(backend="aot_eager")
def double(x): return x.sin() * 2
x = torch.ones(2, requires_grad=True); double(x).sum().backward(); print(x.grad)""",
    "exporting": """
class Double(torch.nn.Module):
    def forward(self, x): return x * 2
print(torch.export.export(Double(), (torch.ones(2),)).graph)""",
    "from torch import export": "from torch import export; print(export.Dim('n', max=4))",
    "from torch.func import": "from torch.func import grad, vmap; print(vmap(grad(torch.sin))(torch.arange(3.)))",
    "torch.func": "x = torch.ones(2); print(torch.func.jacrev(torch.sin)(x), torch.func.functionalize(torch.neg)(x))",
    "torch.vmap": "print(torch.vmap(torch.dot)(torch.ones(2, 3), torch.ones(2, 3)), torch.vmap.__name__)",
    "vmap from a star": "from torch import *; print(vmap(lambda x: x * 2)(torch.ones(2)))",
    "torch.cond": "print(torch.cond(torch.tensor(True), lambda x: x + 1, lambda x: x - 1, (torch.ones(1),)))",
    "make_fx": """
from torch.fx.experimental.proxy_tensor import make_fx
print(make_fx(lambda x: x.relu() + 1, tracing_mode="symbolic")(torch.ones(2)).code)""",
    "functorch": "import functorch; print(functorch.vmap(torch.neg)(torch.ones(2)))",
    "tracing with fx": "print(torch.fx.symbolic_trace(torch.nn.Linear(2, 2)).code)",
    "registrations by import": "import torch._meta_registrations as m; print(m.meta_mm.__name__, m.__name__)",
    "decompositions by import": "from torch._decomp import get_decompositions as d; print(*d([torch.ops.aten.elu]))",
    "decompositions": "print(torch._decomp.decompositions.__name__)",
    "references": "print(torch._refs.add(torch.ones(2), 1))",
    "an operation of theirs": "print(torch.ops.prims.add(torch.ones(2), torch.ones(2)))",
    "a higher-order operation": "print(torch.ops.higher_order.cond)",
    "an operation of one's own": """
@torch.library.custom_op("mine::double", mutates_args=())
def double(x: torch.Tensor) -> torch.Tensor: return x * 2
double.register_fake(lambda x: torch.empty_like(x))
print(double(torch.ones(2)), torch.compile(double, backend="eager")(torch.ones(1)))""",
    "an operation of one's own under vmap": """
@torch.library.custom_op("mine::thrice", mutates_args=())
def thrice(x: torch.Tensor) -> torch.Tensor: return x * 3
thrice.register_vmap(lambda info, dims, x: (thrice(x), dims[0]))
thrice.register_autograd(lambda context, gradient: gradient * 3)
print(torch.vmap(thrice)(torch.ones(2, 3)), torch.library.infer_schema(thrice._init_fn, mutates_args=()))""",
    "an operation of one's own is checked": """
@torch.library.custom_op("mine::half", mutates_args=())
def half(x: torch.Tensor) -> torch.Tensor: return x / 2
half.register_fake(lambda x: torch.empty_like(x))
print(torch.library.opcheck(half, (torch.ones(2),)))""",
    "a fake tensor of a real one": """
from torch._subclasses.fake_tensor import FakeTensorMode
print(torch.linalg.svd(FakeTensorMode().from_tensor(torch.ones(4, 3)))[1])""",
    "forward mode": """
import torch.autograd.forward_ad as ad
with ad.dual_level(): print(ad.unpack_dual(torch.sigmoid(ad.make_dual(torch.ones(2), torch.ones(2)))))""",
    "nested tensors": "print(torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged).sum())",
    "sparse tensors": "print(torch.sparse.mm(torch.eye(2).to_sparse(), torch.ones(2, 2)))",
    "checkpoints": """
from torch.utils.checkpoint import checkpoint
x = torch.ones(2, requires_grad=True); checkpoint(torch.sin, x, use_reentrant=False).sum().backward(); print(x.grad)""",
    "quantization": "print(torch.ao.quantization.quantize_dynamic(torch.nn.Linear(2, 2), {torch.nn.Linear}))",
    "pruning": "from torch.nn.utils import prune; print(prune.identity(torch.nn.Linear(2, 2), 'weight'))",
    "an attribute that is nowhere": """
try: torch.nn.Conv7d
except AttributeError as error: print(error, error.name)""",
    "a module that is nowhere": """
try: import torch.nn.nowhere
except ImportError as error: print(error)""",
    "an operation that is nowhere": """
try: torch.ops.aten.nowhere
except AttributeError as error: print(error)""",
    "a pytree of sizes": """
from torch.utils import _pytree as pytree
print(pytree.tree_flatten([torch.Size([1, 2]), (3,)])[0])""",
    "stars of what is left out": "from torch.func import *; from torch.export import *; print(jvp.__name__, Dim('n'))",
    "a submodule": "import torch._dynamo.config as c; print(c is sys.modules[c.__name__], c is torch._dynamo.config)",
    "the compiler": "print(torch._dynamo.is_compiling(), torch._dynamo.__spec__.name, bool(torch._dynamo.__file__))",
    "worker processes": """
print([len(batch) for batch in torch.utils.data.DataLoader(torch.ones(4, 2), batch_size=2, num_workers=2)])""",
}


EACH_IN_A_FORK = """
import contextlib, json, os, traceback
said = {}
for name, code in json.loads(sys.argv[1]).items():
    reader, writer = os.pipe()
    if not os.fork():
        os.dup2(writer, 1)
        try:
            torch.manual_seed(0)
            exec(code, {"torch": torch, "sys": sys, "__name__": "__main__"})
        except BaseException:
            print(traceback.format_exc())
        sys.stdout.flush()
        os._exit(0)
    os.close(writer)
    said[name] = os.fdopen(reader).read()
    os.wait()
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """By our torch and by a plain one, side by side; run once, whichever worker process asks first."""
    folder = tmp_path_factory.getbasetemp()
    kept = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "torch-on-demand.json"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            with ThreadPoolExecutor(2) as pool:
                both = pool.map(lambda start: run(start, EACH_IN_A_FORK, json.dumps(NEEDING)), (START, PLAIN))
            kept.write_text(json.dumps([json.loads(text) for text in both]))
    return list(json.loads(kept.read_text()))


@pytest.mark.parametrize("name", NEEDING)
def test_what_needs_them_gives_what_plain_torch_gives(name: str, said: list[dict[str, str]]) -> None:
    ours, plain = said
    assert "Traceback" not in plain[name], plain[name]
    assert ours[name] == plain[name]


def test_the_names_in_torch_are_the_same() -> None:
    ours, plain = (run(start, "print(*sorted(set(dir(torch)) - {'_dynamo'}))") for start in (START, PLAIN))
    assert ours == plain


def test_opened_every_module_is_where_a_plain_import_has_it() -> None:
    listing = """
modules = {name: module for name, module in sys.modules.items() if name.startswith("torch.")}
print(*sorted(name for name, module in modules.items() if type(module).__name__ != "SymbolicShapes"
      and (spec := module.__spec__) and spec.loader and type(spec.loader).__name__ == "SourceFileLoader"))
"""
    ours = set(run(START, "dir(torch)" + listing).split())
    plain = set(run(PLAIN, listing).split())
    assert plain <= ours


def test_opening_computes_nothing_and_draws_nothing() -> None:
    code = f"""
from torch.utils._python_dispatch import TorchDispatchMode
seen = []
class Watching(TorchDispatchMode):
    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        seen.append(function)
        return function(*args, **(kwargs or {{}}))
state = torch.get_rng_state()
with Watching():
    torch.export.export
print({OPENED}, seen, torch.equal(state, torch.get_rng_state()))
"""
    assert run(START, code) == "True [] True\n"


def test_every_way_to_a_tensor_on_meta_is_watched() -> None:
    code = """
for schema in torch._C._jit_get_all_schemas():
    name = f"{schema.name}.{schema.overload_name}".rstrip(".")
    makes = schema.name.startswith("aten::") and any(argument.name == "device" for argument in schema.arguments)
    if any("Tensor" in str(argument.type) for argument in schema.arguments):
        continue  # that one is on meta already
    if makes and torch._C._dispatch_has_kernel(name) and torch._C._dispatch_has_kernel_for_dispatch_key(name, "Meta"):
        print(name)
"""
    with_kernel = {name.removeprefix("aten::") for name in run(START, code).split()}
    assert with_kernel >= set(META_FACTORIES)
    assert with_kernel - set(META_FACTORIES) == set()


def test_a_time_limit_does_not_end_an_import_in_its_middle() -> None:
    code = f"""
from grader.loading.executing import limited
from grader.model.errors import StatementTimeoutError
try:
    with limited(0.01):
        torch.export.export
except StatementTimeoutError:
    print("late", {OPENED}, torch.func.grad(torch.sin)(torch.zeros(())).item())
"""
    assert run(START, code) == "late True 1.0\n"


def test_torch_that_asks_for_more_at_its_start_gets_it() -> None:
    code = """
from grader.loading import torch_on_demand
torch_on_demand.LEFT_OUT = {name: () for name in torch_on_demand.LEFT_OUT}
with torch_on_demand.parts_left_out():
    import torch
print(torch.vmap(torch.neg)(torch.ones(2)), type(torch.export).__name__, torch.ones(2, device="meta").relu().shape)
"""
    assert run("", code) == "tensor([-1., -1.]) module torch.Size([2])\n"
