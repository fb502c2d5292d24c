"""Two runs side by side, one of which uses up all it may: what the other one can still do, as a line of JSON.

    python neighbours.py TIER UID

Gives up root first where UID is another user.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from attacks import SMALL
from settings import become

from grader.messages.answers import LoadReport
from grader.model.errors import SandboxFault, SessionError
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.session import Session, Step

_START = """
import os, time

def start(wanted):
    started = 0
    try:
        while started < wanted:
            if os.fork() == 0:
                time.sleep(30)
                os._exit(0)
            started += 1
    except OSError as error:
        os.write(1, f"refused: {error}; ".encode())
    os.write(1, f"started {started}".encode())

found = start(%d)
"""


def start(session: Session, processes: int) -> str:
    text = (_START % processes).encode()
    head = {"op": "load", "source": "a.py", "path": "a.py", "kind": "module", "cells": [["", len(text)]]}
    try:
        session.ask({**head, "wanted": ["found"], "budget_s": 20.0}, text, LoadReport, Step.lasting("it hung", 10))
    except SessionError as error:
        return str(error)
    return session.log.decode()


def main() -> None:
    become(int(sys.argv[2]))
    try:
        with Sandbox(sys.argv[1], "cpu") as one, Sandbox(sys.argv[1], "cpu") as other:
            with one.open(SMALL) as neighbour, other.open(SMALL) as greedy:
                lines = {"greedy": start(greedy, 60), "neighbour": start(neighbour, 20)}
            with one.open(SMALL) as neighbour, other.open(SMALL) as greedy:
                lines |= {"bomb": start(greedy, 5000), "beside the bomb": start(neighbour, 20)}
    except SandboxFault as fault:
        lines = {"unsupported": str(fault)}
    print(json.dumps({"name": "neighbours", **lines} if "greedy" in lines else lines), flush=True)


if __name__ == "__main__":
    main()
