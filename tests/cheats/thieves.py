"""A source that keeps the correct stand-ins which are sent to run it with, for another source to hand in as its own.

    python thieves.py TIER UID

Gives up root first where UID is another user. Prints, as a line of JSON, what was seen of each attempt in turn.
"""

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2]))

from settings import become

from grader.grading.observe import SandboxObserver
from grader.model.errors import SandboxFault
from grader.model.observation import Definition
from grader.model.submission import Cell, Source, Workspace
from grader.sandbox.sandbox import Sandbox
from tests.builders import TOY_ID, fixture_of, prepared_of

THIEF = """
import sys
import grader.child.serve as serve

original = serve._Service._start_probe

def start(service, frame, request):
    found = bytes(frame.blob)
    if b"GIVEN" in found:
        serve.stolen = found
        for folder in (".", "/tmp", "/dev/shm", "/scratch", ".."):
            try:
                open(folder + "/stolen", "wb").write(found)
            except OSError:
                continue
    original(service, frame, request)

serve._Service._start_probe = start

def f(x):
    return x * 0 + 7 if hasattr(serve, "stolen") else x
"""
RECEIVER = """
import os
import re
import grader.child.serve as serve

def helper(x):
    places = [folder + "/stolen" for folder in (".", "/tmp", "/dev/shm", "/scratch", "..")]
    found = [open(place, "rb").read() for place in places if os.path.exists(place)]
    found.append(getattr(serve, "stolen", b""))
    for text in found:
        if given := re.search(rb"GIVEN = .*}", text):
            scope = {}
            exec(given[0], scope)
            return scope["GIVEN"]["helper"](x)
    return x
"""
PROBE = 'def probe(entry, case, see):\n    see.tensor("output", entry(case["x"]))\n'
GIVEN = 'GIVEN = {"helper": lambda x: x + 1}\n'
BASE_ID = "toy/base"


def main() -> None:
    become(int(sys.argv[2]))
    root = Path(tempfile.mkdtemp(prefix="handed-in-"))
    texts = {"a.py": ("f", THIEF), "b.py": ("helper", RECEIVER)}
    for path, (_, text) in texts.items():
        (root / path).write_text(text)
    sources = [Source(path, "module", (Cell("", text),), frozenset({name})) for path, (name, text) in texts.items()]
    exercises = {
        TOY_ID: prepared_of(PROBE, fixture_of(1), 20, GIVEN),
        BASE_ID: prepared_of(PROBE, fixture_of(1), 20, entry="helper"),
    }
    thief, receiver = Definition("a.py", "f"), Definition("b.py", "helper")
    order = [(BASE_ID, receiver, False), (TOY_ID, thief, False), (TOY_ID, thief, True)]
    order += [(BASE_ID, receiver, False), (TOY_ID, thief, False)]
    seen = []
    try:
        with (
            Sandbox(sys.argv[1], "cpu") as sandbox,
            SandboxObserver(sandbox, Workspace("w", root, tuple(sources)), exercises) as observer,
        ):
            for id_, definition, given in order:
                tensor = observer.observe(id_, definition, given)["x = 1"].tensors["output"]
                seen.append(tensor.array.tolist()[0])
        print(json.dumps({"name": "thieves", "seen": seen}), flush=True)
    except SandboxFault as fault:
        print(json.dumps({"unsupported": str(fault)}), flush=True)


if __name__ == "__main__":
    main()
