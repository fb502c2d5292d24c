"""Attacks by a course's own code on the judge that asks it: a rule or an oracle that does harm, or answers rubbish.

Each is a whole module. What it tried and did is in the words that it answers with, or what it prints: it begins with
TRIED, and BREACH is what must not be possible.
"""

import textwrap
from dataclasses import dataclass


@dataclass(frozen=True)
class CourseAttack:
    """`told` is part of the message that the criterion gets: the module's words, or how it failed."""

    name: str
    text: str
    told: str
    kind: str = "claims"  # or "oracle"
    limit_s: float = 1.0  # for an answer

    def module(self, place: str) -> str:
        return f"{place}\n{_PRELUDE}\n{textwrap.dedent(self.text)}"


_PRELUDE = """
import os, signal, socket, sys, threading, time
import numpy as np


def attempt(name, action):
    try:
        found = action()
    except BaseException as error:
        return f"{name}: {type(error).__name__}"
    return f"BREACH {name}: {found!r:.200}"


def tried(**actions):
    return "TRIED " + "; ".join(attempt(name, action) for name, action in actions.items())


def connected(family, kind, address):
    with socket.socket(family, kind) as sock:
        sock.settimeout(1)
        sock.connect(address)
        sock.send(b"from the course")
    return address


MISTAKES = ()


def symbol(settings, index):
    return "ab"[index]


def even(drawn):
    return np.log(np.full((*drawn.shape, 2), 0.5))


def log_probabilities(inputs, settings, facts, drawn, mistake=None):
    return even(drawn)


def is_even(answers, inputs, settings):
    return "TRIED nothing"
"""


def _rule(name: str, body: str, told: str = "TRIED") -> CourseAttack:
    body = textwrap.indent(textwrap.dedent(body).strip(), "    ")
    return CourseAttack(name, f"def is_even(answers, inputs, settings):\n{body}\n", told)


def _oracle(name: str, text: str, told: str) -> CourseAttack:
    return CourseAttack(name, text, told, "oracle")


def _probabilities(name: str, gives: str, told: str) -> CourseAttack:
    text = f"def log_probabilities(inputs, settings, facts, drawn, mistake=None):\n    return {gives}\n"
    return _oracle(name, text, told)


_DOING_HARM = (
    _rule(
        "writes files",
        """
        def write(path):
            with open(path, "w") as file:
                file.write("by the course")
            return path
        return tried(course=lambda: write(f"{COURSE}/rubrics/new.toml"), fixtures=lambda: write(FIXTURES),
                     judge=lambda: write(SECRETS[1]), beside=lambda: write(f"{os.path.dirname(SECRETS[0])}/new"))
        """,
    ),
    _rule(
        "reads what is the judge's",
        """
        def read(path):
            with open(path, "rb") as file:
                return file.read(100)
        return tried(hidden=lambda: read(FIXTURES), own=lambda: read(SECRETS[0]), shadow=lambda: read("/etc/shadow"),
                     memory=lambda: read(f"/proc/{JUDGE}/mem"), environment=lambda: read(f"/proc/{JUDGE}/environ"),
                     arguments=lambda: os.environ["JUDGE_SECRET"], folder=lambda: os.listdir(COURSE))
        """,
    ),
    _rule(
        "links to what is the judge's",
        """
        def linked(path):
            os.symlink(path, "link")
            with open("link", "rb") as file:
                return file.read(100)
        return tried(hidden=lambda: linked(FIXTURES))
        """,
    ),
    _rule(
        "opens sockets",
        """
        return tried(tcp=lambda: connected(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", TCP)),
                     udp=lambda: connected(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", UDP)),
                     abstract=lambda: connected(socket.AF_UNIX, socket.SOCK_STREAM, "\\0" + ABSTRACT),
                     unix=lambda: connected(socket.AF_UNIX, socket.SOCK_STREAM, UNIX))
        """,
    ),
    _rule(
        "kills the judge",
        """
        return tried(judge=lambda: os.kill(JUDGE, 9), launcher=lambda: os.kill(LAUNCHER, 9))
        """,
    ),
    _rule(
        "forks without end",
        """
        count = 0
        try:
            while count < 200:
                if os.fork() == 0:
                    time.sleep(600)
                count += 1
        except OSError:
            return f"TRIED {count} forks"
        return f"BREACH {count} forks"
        """,
        "",  # it may be killed for what they hold together
    ),
    _rule(
        "leaves a daemon",
        """
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(600)
            os._exit(0)
        os.wait()
        return "TRIED a daemon"
        """,
    ),
    _rule("lets a child answer too", 'return f"TRIED {os.fork() >= 0}"'),
    _rule("leaves threads", 'threading.Thread(target=lambda: [None for _ in iter(int, 1)]).start()\nreturn "TRIED"'),
    _rule("never returns", "while True: pass", "it took longer than"),
    CourseAttack("never runs to its end", "while True: pass", "it took longer than"),
    _rule("stops itself", "os.kill(os.getpid(), signal.SIGSTOP)\nwhile True: pass", "it took longer than"),
    _rule("allocates without end", 'held = [b"x" * (64 << 20) for _ in iter(int, 1)]', "claims.py"),
    _rule(
        "fills the disk",
        """
        try:
            with open("large", "wb") as file:
                for _ in range(64):
                    file.write(bytes(16 << 20))
        except OSError:
            return "TRIED to write"
        return "BREACH wrote 1 GB"
        """,
        "",  # it may be ended for it
    ),
    _rule("prints without end", 'while True: print("x" * 100_000, flush=True)', "printed more than"),
    _rule("ends itself", "os._exit(0)", "ended itself"),
    _rule("crashes", "os.abort()", "the process "),
    _rule("raises what is no Exception", "raise SystemExit(0)", "ended itself"),
    CourseAttack("is no Python", "def (:", "SyntaxError"),
)
_RUBBISH = (
    CourseAttack(
        "100 MB of text",
        'def is_even(answers, inputs, settings): return "TRIED" + "x" * (100 << 20)',
        "TRIEDxxx",
        limit_s=20.0,
    ),
    _rule("text that controls a terminal", 'return "TRIED \\x1b[2J\\u202e\\ud800"', "TRIED"),
    _rule("nested lists", 'deep = ["TRIED"]\nfor _ in range(100_000): deep = [deep]\nreturn deep', "RecursionError"),
    _rule("an object too large", 'return type("A", (), {"__str__": lambda self: "x" * (1 << 40)})()', "MemoryError"),
    _rule("bytes of its own on the wire", 'os.write(3, b"x" * 100)\nreturn "TRIED"', "no frame"),
    _rule(
        "claims a huge frame",
        'os.write(3, b"GRD1" + (1 << 31).to_bytes(4, "big") + (1 << 60).to_bytes(8, "big"))\nreturn "TRIED"',
        "claims",
    ),
    _rule(
        "nested JSON on the wire",
        'text = b"{\\"a\\":" * 5000 + b"1" + b"}" * 5000\n'
        'os.write(3, b"GRD1" + len(text).to_bytes(4, "big") + bytes(8) + text)\nreturn "TRIED"',
        "sent a head ",
    ),
    _rule(
        "an answer to something else",
        'text = b\'{"kind": "symbols", "names": ["TRIED"]}\'\n'
        'os.write(3, b"GRD1" + len(text).to_bytes(4, "big") + bytes(8) + text)\nreturn "TRIED"',
        "answers something else",
    ),
    _probabilities("NaN", "even(drawn) * np.nan", "no logarithm of a probability"),
    _probabilities("infinity", "even(drawn) + np.inf", "no logarithm of a probability"),
    _probabilities("probabilities above 1", "even(drawn) + 3", "no logarithm of a probability"),
    _probabilities("another shape", "even(drawn)[..., :1] if drawn.size > 1 else even(drawn)", "is asked for"),
    _probabilities("no numbers", '"TRIED"', "ValueError"),
    _probabilities("objects", "np.array([[[None]]])", "ValueError"),
    _probabilities("nothing", "None", "ValueError"),
    _probabilities("a million symbols", "np.zeros((*drawn.shape, 1 << 20))", "IndexError"),
    _probabilities("as many numbers as there are bytes", "np.zeros((*drawn.shape, 1 << 34))", "MemoryError"),
    CourseAttack(
        "100 MB for a symbol",
        'def symbol(settings, index): return "x" * (100 << 20)',
        "xxx… was drawn",
        kind="oracle",
        limit_s=20.0,
    ),
    _oracle("a million mistakes", "MISTAKES = tuple(map(str, range(1 << 20)))", "claims"),
    _oracle("mistakes that do not end", "class Endless:\n    def __iter__(self): return iter(int, 1)\n"
            "MISTAKES = Endless()", "it took longer than"),
)  # fmt: skip
ATTACKS = _DOING_HARM + _RUBBISH
