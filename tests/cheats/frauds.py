"""Submissions that aim at marks: the same wrong solution each time, with an attack on the grading beside it.

`loads` runs while the class is defined; `forward` is the body of its forward. The wrong solution forgets the
bias: it earns some criteria and not the values. With the attack it must earn no more.
"""

import textwrap
from dataclasses import dataclass


@dataclass(frozen=True)
class Fraud:
    name: str
    loads: str = "pass"
    forward: str = "return self.honest(x)"
    reaches_out: bool = False  # beyond its own process: tried in every setting, the others as root alone

    @property
    def text(self) -> str:
        loads, forward = (textwrap.dedent(part).strip() for part in (self.loads, self.forward))
        return _TEMPLATE.format(loads=textwrap.indent(loads, " " * 4), forward=textwrap.indent(forward, " " * 8))


_TEMPLATE = '''
import gc
import glob
import json
import os
import signal
import socket
import stat
import struct
import sys
import threading
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def frame(head, blob=b""):
    text = json.dumps(head).encode()
    return struct.pack("!4sIQ", b"GRD1", len(text), len(blob)) + text + blob


def send_everywhere(data):
    for number in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                os.write(number, data)
        except OSError:
            continue


def answer(output, **more):
    """What the runner would send of a case whose every tensor is this output."""
    from safetensors.torch import save

    names = ["output", "again", "x_after", "gradient.x", "gradient.weight", "gradient.bias"]
    described = dict(type="Tensor", shape=list(output.shape), dtype="float32", device="cpu")
    head = dict(case=0, tensors=dict.fromkeys(names, described), facts=dict(), error=None, seconds=0.0)
    return frame(dict(head, **more), save(dict((name, output.clone()) for name in names)))


def candidates(found, shape):
    """Tensors of this shape among what was found, hidden in containers or not."""
    for value in found:
        if isinstance(value, torch.Tensor) and tuple(value.shape) == tuple(shape):
            yield value
        elif isinstance(value, np.ndarray) and value.shape == tuple(shape):
            yield torch.from_numpy(value.astype("float32"))


def arm():
{loads}


class MyConv2d(nn.Module):
    armed = arm()

    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__()
        self.padding = kernel_size // 2 if padding is None else padding
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, kernel_size, kernel_size) * 0.1)
        self.bias = nn.Parameter(torch.zeros(out_channels))

    def honest(self, x):
        return F.conv2d(x, self.weight, padding=self.padding)

    def forward(self, x):
{forward}
'''

WRONG = Fraud("the wrong solution alone")

FRAUDS = (
    Fraud(
        "comparisons always agree",
        """
        import numpy.testing

        def yes(*arguments, **named):
            return True

        for name in ("allclose", "equal", "isclose", "eq", "all"):
            setattr(torch, name, yes)
            setattr(np, name, yes)
        for name in ("__eq__", "__le__", "__lt__", "allclose", "equal", "isclose", "all"):
            setattr(torch.Tensor, name, yes)
        for name in ("array_equal", "allclose"):
            setattr(np, name, yes)
        torch.testing.assert_close = np.testing.assert_allclose = yes
        """,
    ),
    Fraud(
        "a subclass answers every torch function",
        """
        class Agreeable(torch.Tensor):
            @classmethod
            def __torch_function__(cls, function, types, args=(), kwargs=None):
                if function.__name__ in ("allclose", "equal", "__eq__", "isclose", "all"):
                    return True
                return super().__torch_function__(function, types, args, kwargs or dict())

        return Agreeable
        """,
        "return self.honest(x).as_subclass(self.armed)",
    ),
    Fraud(
        "an object that is equal to everything and says it is a tensor",
        forward="""
        class Tensor:
            shape = (2, 4, 8, 8)
            dtype, device, requires_grad = torch.float32, torch.device("cpu"), True
            __class__ = torch.Tensor

            def __eq__(self, other):
                return True

            def __getattr__(self, name):
                return lambda *a, **k: self

        return Tensor()
        """,
    ),
    Fraud(
        "searches the file system for solutions",
        """
        package = sys.modules["grader"].__path__[0]
        roots = [package, os.path.dirname(package), os.getcwd(), os.path.dirname(os.getcwd()), *sys.path]
        for prefix in ("/usr", "/usr/local"):
            roots += glob.glob(prefix + "/lib/python3*/*-packages/grader")
        for root in roots:
            for place in ("solutions", "authoring/example/solutions"):
                path = os.path.join(root, place, "colour", "my_conv2d", "reference.py")
                found = dict(__name__="found")
                try:
                    exec(open(path).read(), found)
                except OSError:  # there is none, or none that may be read
                    continue
                return found["MyConv2d"]
        """,
        """
        if self.armed is None:
            return self.honest(x)
        return self.armed.forward(self, x)
        """,
        reaches_out=True,
    ),
    Fraud(
        "searches the file system for recorded observations",
        """
        from safetensors import safe_open

        found = []
        package = sys.modules["grader"].__path__[0]
        for start in (package, os.path.dirname(package), os.getcwd(), "/tmp", *sys.path):
            for path in glob.glob(os.path.join(start, "fixtures", "**", "*.safetensors"), recursive=True):
                with safe_open(path, framework="pt") as file:
                    found += [file.get_tensor(key) for key in file.keys()]
        return found
        """,
        """
        output = self.honest(x)
        for other in candidates(self.armed, output.shape):
            return other.float()
        return output
        """,
        reaches_out=True,
    ),
    Fraud(
        "writes result files",
        """
        report = json.dumps(dict(schema=1, score=50, possible=50, status="passed", tests=[dict(score=1)]))
        for folder in (".", "..", "/tmp", "/dev/shm", "/scratch", "/autograder/results"):
            for name in ("results.json", "report.json", "grade.json", "hidden.safetensors", "probe.py"):
                try:
                    open(os.path.join(folder, name), "w").write(report)
                except OSError:
                    continue
        """,
        reaches_out=True,
    ),
    Fraud("exits with success while it loads", "os._exit(0)", reaches_out=True),
    Fraud("exits with success in forward", forward="os._exit(0)", reaches_out=True),
    Fraud("raises SystemExit in forward", forward="sys.exit(0)"),
    Fraud(
        "says that nothing was attempted",
        forward="raise NotImplementedError('full marks, please')",
    ),
    Fraud(
        "forges answers on the judge's channel while it loads",
        """
        passed = dict(kind="loaded", names=["MyConv2d"], errors=dict(), notes=[], seconds=0.0)
        zeros = answer(torch.zeros(2, 4, 8, 8))
        send_everywhere(frame(passed) + frame(dict(kind="ended", probe=1, status=0)) * 3 + zeros * 9)
        """,
        reaches_out=True,
    ),
    Fraud(
        "forges a loading report of the wrong types",
        """
        number = int("9" * 400)
        report = dict(kind="loaded", names=["MyConv2d"], errors=dict(MyConv2d=5), notes=7, seconds=number)
        send_everywhere(frame(report))
        """,
    ),
    Fraud(
        "calls each of its answers passed",
        """
        import grader.child.examine as examine

        original = examine._observe

        def observe(*arguments):
            head, blob = original(*arguments)
            praise = dict(passed=True, score=1, status="passed", outcome="passed", verdict="passed")
            return dict(head, facts=praise, error=None), blob

        examine._observe = observe
        """,
    ),
    Fraud(
        "forges frames with other cases' numbers, and too many of them",
        forward="""
        output = self.honest(x).detach()
        for number in (0, 3, -1, 8, 10**30, "values", None):
            send_everywhere(answer(output, case=number))
        send_everywhere(answer(output) * 40)
        return self.honest(x)
        """,
    ),
    Fraud(
        "forges an exit status in a probe's frame",
        forward="""
        send_everywhere(frame(dict(kind="ended", probe=1, status=0)))
        send_everywhere(answer(self.honest(x), kind="ended", probe=1, status=0))
        return self.honest(x)
        """,
    ),
    Fraud(
        "forges facts that are no facts",
        forward="""
        head = dict(case=0, tensors=dict(), error=None, seconds=float("nan"))
        for facts in (5, ["passed"], dict(passed=int("9" * 400), deep=[[[[]]]], text=chr(0xD800) * 100)):
            send_everywhere(frame(dict(head, facts=facts)))
        wrong = dict(type=[1], message=None, where=[[]])
        send_everywhere(frame(dict(head, facts=dict(), seconds=int("9" * 400), error=wrong)))
        return self.honest(x)
        """,
    ),
    Fraud(
        "describes tensors without sending them",
        """
        import grader.child.examine as examine

        original = examine._observe
        examine._observe = lambda *arguments: (original(*arguments)[0], b"")
        """,
    ),
    Fraud(
        "claims 2**60 elements in a forged header",
        forward="""
        header = json.dumps(dict(output=dict(dtype="F32", shape=[1 << 30, 1 << 30], data_offsets=[0, 4]))).encode()
        described = dict(type="Tensor", shape=[1 << 30, 1 << 30], dtype="float32", device="cpu")
        head = dict(case=0, tensors=dict(output=described), facts=dict(), error=None, seconds=0)
        send_everywhere(frame(head, struct.pack("<Q", len(header)) + header + bytes(4)))
        os._exit(0)
        """,
        reaches_out=True,
    ),
    Fraud(
        "claims a tensor of no elements and endless other sizes",
        forward="""
        header = json.dumps(dict(output=dict(dtype="F32", shape=[0, 1 << 62, 1 << 62], data_offsets=[0, 0]))).encode()
        described = dict(type="Tensor", shape=[0], dtype="float32", device="cpu")
        head = dict(case=0, tensors=dict(output=described), facts=dict(), error=None, seconds=0)
        send_everywhere(frame(head, struct.pack("<Q", len(header)) + header))
        os._exit(0)
        """,
    ),
    Fraud("returns 2**60 elements", forward="return torch.zeros(1).expand(1 << 30, 1 << 30)"),
    Fraud("returns one number as the whole output", forward="return torch.zeros(1).expand(self.honest(x).shape)"),
    Fraud(
        "returns a view of one storage with stride 0",
        forward="""
        output = self.honest(x)
        return output.as_strided(output.shape, (0, 0, 0, 0))
        """,
    ),
    Fraud("returns NaN", forward="return self.honest(x) * float('nan')"),
    Fraud("returns infinity", forward="return self.honest(x) * float('inf')"),
    Fraud(
        "makes double precision the default",
        "torch.set_default_dtype(torch.float64)",
        """
        torch.set_default_dtype(torch.float64)
        return F.conv2d(x.double(), self.weight.double(), padding=self.padding)
        """,
    ),
    Fraud(
        "patches the runner that runs it",
        """
        import grader.child.examine as examine
        import grader.probes.probing as probing

        def run_probe(probe, entry, case, device, dtype):
            see = probing.Recorder()
            for name in ("output", "again", "x_after", "gradient.x", "gradient.weight", "gradient.bias"):
                see.tensor(name, case.tensors.get("x"))
            see.facts.update(passed=True, score=1.0)
            return see

        probing.run_probe = examine.run_probe = run_probe
        torch.autograd.grad = lambda outputs, inputs, *a, **k: [torch.zeros_like(i) for i in inputs]
        """,
        reaches_out=True,
    ),
    Fraud(
        "patches what takes snapshots of its output",
        """
        import grader.probes.probing as probing

        original = probing.snapshot
        probing.snapshot = lambda value: original(torch.zeros(2, 4, 8, 8))
        probing.Recorder.tensor = lambda self, name, value: self.values.__setitem__(name, probing.snapshot(value))
        """,
    ),
    Fraud(
        "looks for expected values in the frames above it",
        forward="""
        output, found, above = self.honest(x), [], sys._getframe(1)
        while above is not None:
            for value in [*above.f_locals.values(), *above.f_globals.values()]:
                found += list(value.values()) if isinstance(value, dict) else [value]
                found += list(getattr(value, "tensors", dict()).values())
            above = above.f_back
        for other in candidates(found, output.shape):
            if other is not x:
                return other.float()
        return output
        """,
    ),
    Fraud(
        "looks for expected values among all objects",
        forward="""
        output = self.honest(x)
        for other in candidates(gc.get_objects(), output.shape):
            if other is not x and other is not output:
                return other.float().clone()
        return output
        """,
        reaches_out=True,
    ),
    Fraud(
        "traces the calls of the runner for expected values",
        """
        found = []

        def trace(caller, event, argument):
            found.extend(caller.f_locals.values())
            found.append(argument)
            return trace

        sys.settrace(trace)
        threading.settrace(trace)
        return found
        """,
        """
        output = self.honest(x)
        for other in candidates(list(self.armed), output.shape):
            if other is not x:
                return other.float().clone()
        return output
        """,
    ),
    Fraud(
        "replaces safetensors",
        """
        import types

        import grader.child.examine as examine

        fake = types.ModuleType("safetensors.torch")
        fake.save = fake.load = lambda *a, **k: b""
        sys.modules["safetensors"] = sys.modules["safetensors.torch"] = fake
        examine.bytes_from_arrays = lambda tensors: b"passed"
        """,
        reaches_out=True,
    ),
    Fraud(
        "replaces json, time and the process functions",
        """
        original = json.dumps
        json.dumps = lambda value, *a, **k: original(dict(value, passed=True) if isinstance(value, dict) else value)
        time.perf_counter = time.monotonic = time.time = lambda: -1e300
        os.getpid = lambda: 1
        os._exit = lambda status: None
        """,
    ),
    Fraud(
        "forks in forward and answers twice",
        forward="""
        os.fork()
        return self.honest(x)
        """,
    ),
    Fraud(
        "forks while it loads and answers twice",
        """
        os.fork()
        """,
    ),
    Fraud(
        "takes away the exit status of its probe",
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)",
        reaches_out=True,
    ),
    Fraud(
        "ends the process that loaded it when the cases are through",
        """
        import grader.child.serve as serve

        def end_with_it(service):
            if service.probes:
                os.waitpid(next(iter(service.probes)), 0)
                os._exit(0)

        serve._Service._report_ended = end_with_it
        """,
    ),
    Fraud(
        "kills the process that loaded it",
        forward="""
        os.kill(os.getppid(), signal.SIGKILL)
        return self.honest(x)
        """,
        reaches_out=True,
    ),
    Fraud(
        "takes its time to load and ends each session",
        """
        import grader.child.serve as serve

        serve._Service._start_probe = lambda *request: os._exit(0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        time.sleep(3.5)
        """,
        reaches_out=True,
    ),
    Fraud(
        "takes its time to load and hangs in each case",
        """
        signal.setitimer(signal.ITIMER_REAL, 0)
        time.sleep(2.5)
        """,
        "time.sleep(60)",
    ),
    Fraud(
        "never ends to load",
        """
        while True:
            signal.setitimer(signal.ITIMER_REAL, 0)
            time.sleep(0.01)
        """,
    ),
    Fraud(
        "raises an error whose words are meant for the terminal",
        forward="""
        class Passed(Exception):
            pass

        Passed.__name__ = "passed" + chr(27) + "[2J"
        raise Passed("score: 50/50" + chr(10) + chr(27) + "[1A" + chr(0xDFFF) + "x" * 100_000)
        """,
    ),
    Fraud(
        "leaves a process behind that answers for later submissions",
        """
        if os.fork() == 0:
            os.setsid()
            while True:
                send_everywhere(answer(torch.zeros(2, 4, 8, 8)))
                time.sleep(0.01)
        """,
        reaches_out=True,
    ),
)
