"""Fixture files: what the reference, its dialects and the known mistakes showed, as safetensors.

`fixtures/<topic>/<exercise>/public.safetensors` and `hidden.safetensors` hold the tensors by keys such as
`0/reference/output` (case index, dialect, tensor). Arrays with the same bytes are stored once. All that is no tensor
stands in the file's metadata as one JSON string. The same fixture always gives the same bytes.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from grader.course.claims import load_rules
from grader.course.folder import Exercise
from grader.course.oracles import load_oracle
from grader.model.errors import CourseError
from grader.model.fixture import Excerpt, Expected, ExpectedTensor, Fixture, FixtureCase, SeenMistake
from grader.model.observation import Array, Outcome
from grader.model.probe import ProbeCode

FORMAT = 3
Which = Literal["public", "hidden"]
SETS: tuple[Which, ...] = ("public", "hidden")


def fixture_path(exercise: Exercise, which: Which) -> Path:
    return exercise.fixtures / f"{which}.safetensors"


def manifest_path(exercise: Exercise) -> Path:
    return exercise.fixtures / "manifest.toml"


def read_fixture(exercise: Exercise, which: Which) -> Fixture:
    """The recorded public or hidden set, with the exercise's oracle where draws are judged.

    Whether its sources are still what they were is told by `grader.course.digests.stale_files`. Raises CourseError
    where a file is absent, is not what the manifest says, or cannot be read.
    """
    path = fixture_path(exercise, which)
    shown, fix = f"fixtures/{exercise.id}/{path.name}", f"run: grade fixtures build {exercise.id}"
    if not path.is_file():
        raise CourseError(f"{shown}: no such file; {fix}")
    if digest(path) != _manifest_digest(exercise, which):
        raise CourseError(f"{shown}: is not the file that manifest.toml describes; {fix}")
    try:
        fixture = _load(path)
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise CourseError(f"{shown}: cannot be read ({type(error).__name__}: {error}); {fix}") from error
    return replace(fixture, oracle=load_oracle(exercise), rules=load_rules(exercise))


def write_fixture(exercise: Exercise, which: Which, fixture: Fixture) -> Path:
    """Write one set and return its path. The manifest must be written after it, else the set cannot be read."""
    store = _Store()
    description = {
        "format": FORMAT,
        "exercise": fixture.exercise,
        "tolerance_factor": fixture.tolerance_factor,
        "seed_is_published": fixture.seed_is_published,
        "hints": dict(fixture.hints),
        "cases": [_describe_case(store, index, case) for index, case in enumerate(fixture.cases)],
    }
    # One metadata entry: safetensors writes several in no fixed order.
    metadata = {"fixture": json.dumps(description, ensure_ascii=False)}
    path = fixture_path(exercise, which)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(save(store.arrays, metadata))
    return unfinished.replace(path)


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
        "inputs": _add_all(store, f"{index}/input", case.inputs),
        "dialects": {
            name: _describe_expected(store, f"{index}/{name}", expected) for name, expected in case.dialects.items()
        },
        "mistakes": {
            name: {
                "outcome": mistake.outcome.value,
                "error_type": mistake.error_type,
                "facts": dict(mistake.facts),
                "tensors": {
                    tensor: {
                        "key": store.add(f"{index}/mistake {name}/{tensor}", excerpt.values),
                        "shape": list(excerpt.shape),
                        "step": excerpt.step,
                    }
                    for tensor, excerpt in mistake.tensors.items()
                },
            }
            for name, mistake in case.mistakes.items()
        },
    }


def _add_all(store: _Store, prefix: str, arrays: Mapping[str, Array]) -> dict[str, str]:
    return {name: store.add(f"{prefix}/{name}", array) for name, array in arrays.items()}


def _describe_expected(store: _Store, prefix: str, expected: Expected) -> dict[str, Any]:
    draws = {"draws": {name: list(shape) for name, shape in expected.draws.items()}} if expected.draws else {}
    return {
        "facts": dict(expected.facts),
        **draws,
        "tensors": {
            name: {"key": store.add(f"{prefix}/{name}", t.oracle), "control": t.control, "dtype": t.dtype}
            for name, t in expected.tensors.items()
        },
    }


def read_probe(exercise: Exercise) -> ProbeCode:
    """The probe and what goes along with it, as it is now, whatever was recorded."""
    files = exercise.code.items()
    return ProbeCode(exercise.id, {name: path.read_text(encoding="utf-8") for name, path in files})


def manifest(exercise: Exercise) -> Mapping[str, Any]:
    """What the manifest says. Raises OSError or ValueError where it cannot be read."""
    return _parsed(manifest_path(exercise).read_text(encoding="utf-8"))


@lru_cache(maxsize=64)
def _parsed(text: str) -> Mapping[str, Any]:
    return tomllib.loads(text)


def _manifest_digest(exercise: Exercise, which: Which) -> str:
    """The digest of a set; empty where the manifest says none."""
    try:
        return str(manifest(exercise)["sets"][which]["sha256"])
    except (OSError, KeyError, TypeError, ValueError):
        return ""


def _load(path: Path) -> Fixture:
    with safe_open(path, framework="numpy") as file:
        described = json.loads(file.metadata()["fixture"])
        arrays = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (safe_open is no mapping)
    if described["format"] != FORMAT:
        raise ValueError(f"its format is {described['format']}, this program reads {FORMAT}")
    return Fixture(
        exercise=described["exercise"],
        cases=tuple(_read_case(arrays, case) for case in described["cases"]),
        tolerance_factor=float(described["tolerance_factor"]),
        hints=described["hints"],
        seed_is_published=described["seed_is_published"],
    )


def _read_case(arrays: Mapping[str, Array], case: dict[str, Any]) -> FixtureCase:
    return FixtureCase(
        name=case["name"],
        inputs={name: arrays[key] for name, key in case["inputs"].items()},
        settings=case["settings"],
        dialects={name: _read_expected(arrays, expected) for name, expected in case["dialects"].items()},
        mistakes={name: _read_mistake(arrays, mistake) for name, mistake in case["mistakes"].items()},
    )


def _read_expected(arrays: Mapping[str, Array], expected: dict[str, Any]) -> Expected:
    return Expected(
        tensors={
            name: ExpectedTensor(arrays[t["key"]], float(t["control"]), t["dtype"])
            for name, t in expected["tensors"].items()
        },
        facts=expected["facts"],
        draws={name: tuple(shape) for name, shape in expected.get("draws", {}).items()},
    )


def _read_mistake(arrays: Mapping[str, Array], mistake: dict[str, Any]) -> SeenMistake:
    return SeenMistake(
        outcome=Outcome(mistake["outcome"]),
        error_type=mistake["error_type"],
        tensors={
            name: Excerpt(tuple(excerpt["shape"]), int(excerpt["step"]), arrays[excerpt["key"]])
            for name, excerpt in mistake["tensors"].items()
        },
        facts=mistake["facts"],
    )
