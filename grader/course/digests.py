"""What a course's files were when something was recorded or observed by them, as SHA-256 in hexadecimal."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from itertools import chain

from grader.course.fixtures import digest, read_manifest
from grader.course.folder import Course, Exercise
from grader.model.errors import CourseError
from grader.model.fixture import Fixture


def course_digest(course: Course) -> str:
    """Of all that decides on marks: rubrics, probes, oracles, and by its manifest every recorded set."""
    files = (path for pattern in _DECIDE for path in course.root.glob(pattern))
    return _digest((path.relative_to(course.root).as_posix().encode(), path.read_bytes()) for path in sorted(files))


_DECIDE = ("rubrics/*.toml", "rubrics/*/*.toml", "fixtures/*/*.py", "fixtures/*/*/*.py", "fixtures/*/*/manifest.toml")


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
