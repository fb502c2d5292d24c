"""Fixture files: what the reference, its dialects and the known mistakes showed, as safetensors.

`fixtures/<topic>/<exercise>/public.safetensors` and `hidden.safetensors` hold the tensors by keys such as
`0/reference/output` (case index, dialect, tensor). Arrays with the same bytes are stored once. All that is no tensor
stands in the file's metadata as one JSON string. The same fixture always gives the same bytes. Digests, SHA-256 in
hexadecimal, tell what a course's files were when something was recorded or observed by them.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from grader.course.folder import Course, Exercise
from grader.course.recorded_oracle import Beginning, RecordedOracle
from grader.course.rules import load_oracle, load_rules
from grader.messages.requests import ProbeCode
from grader.model.errors import CourseError
from grader.model.fixture import Excerpt, Expected, ExpectedTensor, Fixture, FixtureCase, SeenMistake
from grader.model.observation import Array, Outcome

FORMAT = 3
Which = Literal["public", "hidden"]
_DECIDE = ("rubrics/*.toml", "rubrics/*/*.toml", "fixtures/*/*.py", "fixtures/*/*/*.py", "fixtures/*/*/manifest.toml")
SETS: tuple[Which, ...] = ("public", "hidden")


def fixture_path(exercise: Exercise, which: Which) -> Path:
    return exercise.fixtures / f"{which}.safetensors"


def read_probe(exercise: Exercise) -> ProbeCode:
    """The probe and what goes along with it, as it is now, whatever was recorded."""
    return ProbeCode(exercise.id, {name: path.read_text(encoding="utf-8") for name, path in exercise.code.items()})


def read_manifest(exercise: Exercise) -> Mapping[str, Any]:
    """What the sets were recorded from. Raises CourseError where it is absent or broken."""
    shown = f"fixtures/{exercise.id}/manifest.toml"
    try:
        return _parsed((exercise.fixtures / "manifest.toml").read_text(encoding="utf-8"))
    except OSError as error:
        raise CourseError(f"{shown}: no such file; run: grade fixtures build {exercise.id}") from error
    except ValueError as error:
        raise CourseError(f"{shown}: {error}; run: grade fixtures build {exercise.id}") from error


@lru_cache(maxsize=64)
def _parsed(text: str) -> Mapping[str, Any]:
    return tomllib.loads(text)


def read_fixture(exercise: Exercise, which: Which) -> Fixture:
    """The recorded public or hidden set, with the exercise's oracle where draws are judged.

    Whether its sources are still what they were is told by `stale_files`. Raises CourseError
    where a file is absent, is not what the manifest says, or cannot be read.
    """
    path = fixture_path(exercise, which)
    shown, fix = f"fixtures/{exercise.id}/{path.name}", f"run: grade fixtures build {exercise.id}"
    if not path.is_file():
        raise CourseError(f"{shown}: no such file; {fix}")
    try:
        described = read_manifest(exercise)["sets"][which]["sha256"]
    except (KeyError, TypeError):
        described = ""
    if digest(path) != described:
        raise CourseError(f"{shown}: is not the file that manifest.toml describes; {fix}")
    try:
        fixture = _load(path)
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise CourseError(f"{shown}: cannot be read ({type(error).__name__}: {error}); {fix}") from error
    return replace(fixture, oracle=fixture.oracle or load_oracle(exercise), rules=load_rules(exercise))


def write_fixture(exercise: Exercise, which: Which, fixture: Fixture) -> Path:
    """Write one set and return its path. The manifest must be written after it, else the set cannot be read."""
    path = fixture_path(exercise, which)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(stored(fixture))
    return unfinished.replace(path)


def stored(fixture: Fixture) -> bytes:
    """A set as its file holds it; an oracle only where it is a recorded one, as students get it."""
    store = _Store()
    plain: dict[str, Any] = {
        name: getattr(fixture, name) for name in ("exercise", "tolerance_factor", "seed_is_published", "hints")
    }
    cases = [_describe_case(store, index, case) for index, case in enumerate(fixture.cases)]
    if isinstance(fixture.oracle, RecordedOracle):
        plain["oracle"] = _describe_oracle(store, fixture.oracle)
    # One metadata entry: safetensors writes several in no fixed order.
    metadata = {"fixture": json.dumps({"format": FORMAT, **plain, "cases": cases}, ensure_ascii=False)}
    return save(store.arrays, metadata)


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


class _Store:
    """Arrays by key; an array with the same dtype, shape and bytes as an earlier one gets the earlier key."""

    def __init__(self) -> None:
        self.arrays: dict[str, Array] = {}
        self._keys: dict[tuple[str, tuple[int, ...], bytes], str] = {}

    def add(self, key: str, array: Array) -> str:
        # ascontiguousarray alone would turn a 0-d array into a 1-d one
        array = np.ascontiguousarray(array).reshape(array.shape)
        content = (array.dtype.str, array.shape, hashlib.sha256(array.tobytes()).digest())
        known = self._keys.setdefault(content, key)
        if known == key:
            self.arrays[key] = array
        return known


def _describe_case(store: _Store, index: int, case: FixtureCase) -> dict[str, Any]:
    return {
        "name": case.name,
        "settings": dict(case.settings),
        "inputs": {name: store.add(f"{index}/input/{name}", array) for name, array in case.inputs.items()},
        "dialects": {name: _describe_expected(store, f"{index}/{name}", told) for name, told in case.dialects.items()},
        "mistakes": {
            name: _describe_mistake(store, f"{index}/mistake {name}", told) for name, told in case.mistakes.items()
        },
    }


def _describe_expected(store: _Store, place: str, expected: Expected) -> dict[str, Any]:
    draws = {"draws": {name: list(shape) for name, shape in expected.draws.items()}} if expected.draws else {}
    tensors = {
        name: {"key": store.add(f"{place}/{name}", told.oracle), "control": told.control, "dtype": told.dtype}
        for name, told in expected.tensors.items()
    }
    return {"facts": dict(expected.facts), **draws, "tensors": tensors}


def _describe_mistake(store: _Store, place: str, seen: SeenMistake) -> dict[str, Any]:
    tensors = {
        name: {"key": store.add(f"{place}/{name}", told.values), "shape": list(told.shape), "step": told.step}
        for name, told in seen.tensors.items()
    }
    return {"outcome": seen.outcome, "error_type": seen.error_type, "facts": dict(seen.facts), "tensors": tensors}


def _describe_oracle(store: _Store, oracle: RecordedOracle) -> dict[str, Any]:
    def keys(number: int, beginning: Beginning) -> list[str]:
        return [store.add(f"oracle {number}/{name}", values) for name, values in vars(beginning).items()]

    known = enumerate(oracle.beginnings.items())
    return {
        "facts": [dict(facts) for facts in oracle.facts],
        "mistakes": list(oracle.mistakes),
        "symbols": {case: list(names) for case, names in oracle.names.items()},
        "beginnings": [[*place, *keys(number, beginning)] for number, (place, beginning) in known],
    }


def _load(path: Path) -> Fixture:
    with safe_open(path, framework="numpy") as file:
        described = json.loads(file.metadata()["fixture"])
        arrays = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (safe_open is no mapping)
    if (format_ := described.pop("format")) != FORMAT:
        raise ValueError(f"its format is {format_}, this program reads {FORMAT}")
    oracle = {"oracle": _read_oracle(arrays, described["oracle"])} if "oracle" in described else {}
    return Fixture(**described | {"cases": tuple(_read_case(arrays, case) for case in described["cases"])} | oracle)


def _read_oracle(arrays: Mapping[str, Array], told: dict[str, Any]) -> RecordedOracle:
    beginnings = {
        (case, number, mistake): Beginning(arrays[first], arrays[second])
        for case, number, mistake, first, second in told["beginnings"]
    }
    names = {case: tuple(each) for case, each in told["symbols"].items()}
    return RecordedOracle(tuple(told["facts"]), tuple(told["mistakes"]), names, beginnings)


def _read_case(arrays: Mapping[str, Array], told: dict[str, Any]) -> FixtureCase:
    inputs = {name: arrays[key] for name, key in told["inputs"].items()}
    dialects = {name: _read_expected(arrays, expected) for name, expected in told["dialects"].items()}
    mistakes = {name: _read_mistake(arrays, seen) for name, seen in told["mistakes"].items()}
    return FixtureCase(told["name"], inputs, told["settings"], dialects, mistakes)


def _read_expected(arrays: Mapping[str, Array], told: dict[str, Any]) -> Expected:
    tensors = {name: ExpectedTensor(arrays[t["key"]], t["control"], t["dtype"]) for name, t in told["tensors"].items()}
    return Expected(tensors, told["facts"], {name: tuple(shape) for name, shape in told.get("draws", {}).items()})


def _read_mistake(arrays: Mapping[str, Array], told: dict[str, Any]) -> SeenMistake:
    tensors = {name: Excerpt(tuple(t["shape"]), t["step"], arrays[t["key"]]) for name, t in told["tensors"].items()}
    return SeenMistake(Outcome(told["outcome"]), told["error_type"], tensors, told["facts"])


def course_digest(course: Course) -> str:
    """Of all that decides on marks: rubrics, probes, oracles, and by its manifest every recorded set."""
    files = (path for pattern in _DECIDE for path in course.root.glob(pattern))
    return _digest((path.relative_to(course.root).as_posix().encode(), path.read_bytes()) for path in sorted(files))


def inputs_digest(fixture: Fixture) -> str:
    """Of the cases as a submission gets them; expected values and tolerances may change without it."""

    def parts() -> Iterator[tuple[bytes, bytes]]:
        known: dict[int, bytes] = {}  # cases share arrays
        for case in fixture.cases:
            yield case.name.encode(), json.dumps(case.settings, sort_keys=True).encode()
            for name, array in sorted(case.inputs.items()):
                if id(array) not in known:
                    known[id(array)] = hashlib.sha256(array.tobytes()).digest()
                yield f"{name} {array.dtype.str} {array.shape}".encode(), known[id(array)]

    return _digest(parts())


def stale_files(exercise: Exercise) -> tuple[str, ...]:
    """Files that have changed, or are gone, since the exercise's sets were recorded from them, as messages name them.

    Without solutions, as a release comes, only what is there is looked at. Raises CourseError without a manifest.
    """
    sources = read_manifest(exercise).get("sources")
    if not isinstance(sources, dict):
        shown, fix = f"fixtures/{exercise.id}/manifest.toml", f"run: grade fixtures build {exercise.id}"
        raise CourseError(f"{shown}: does not say what the fixtures were recorded from; {fix}")
    root, complete = exercise.fixtures.parents[2], exercise.solutions.is_dir()
    named = {name: root / name for name in sources if complete or not name.startswith("solutions/")}
    named |= {exercise.shown(path): path for path in exercise.code.values()}  # one may be new
    return tuple(n for n, path in named.items() if not path.is_file() or digest(path) != sources.get(n))


def _digest(parts: Iterable[tuple[bytes, bytes]]) -> str:
    """Lengths stand before the bytes, so that no two lists of parts run together to the same."""
    found = hashlib.sha256()
    for part in chain.from_iterable(parts):
        found.update(len(part).to_bytes(8, "big") + part)
    return found.hexdigest()
