"""`fixtures/<topic>/<exercise>/manifest.toml`: what the recorded sets were made from, and how well they separate."""

import tomllib
from collections.abc import Mapping
from math import isinf
from pathlib import Path
from typing import Any

import numpy as np
import tomlkit
import torch
from tomlkit.items import Table

from grader.authoring.record.calibration import Calibration
from grader.course.fixtures import SETS, Which, digest, fixture_path, manifest_path
from grader.course.folder import Exercise
from grader.model.errors import CourseError

NOT_BY_VALUE = "infinite"  # a wrong shape or fact, or no result, is not near at any tolerance


def sources(exercise: Exercise) -> dict[str, Path]:
    """Every file that the recorded sets follow from, by the path that messages show."""
    paths = [
        exercise.reference,
        *([exercise.dialects] if exercise.dialects else []),
        *exercise.wheats,
        *exercise.chaffs,
    ]
    shown = {f"solutions/{exercise.id}/{path.relative_to(exercise.solutions).as_posix()}": path for path in paths}
    beside = [*exercise.data.values(), *filter(None, (exercise.oracle, exercise.claims))]
    code = {exercise.shown(path): path for path in exercise.code.values()}
    return {**code, **shown, **{exercise.shown(path): path for path in beside}}


def write_manifest(exercise: Exercise, seeds: Mapping[Which, int], calibration: Calibration) -> None:
    """Describe the sets as they lie on disk; sets without a manifest that fits are not read.

    `seeds` are the published ones: a set without one was drawn from a secret seed.
    """
    document = tomlkit.document()
    document.add(tomlkit.comment(f"written by: grade fixtures build {exercise.id}"))
    document["torch"] = torch.__version__.partition("+")[0]  # "+cpu" makes no difference
    document["numpy"] = np.__version__
    document["tolerance_factor"] = calibration.tolerance_factor
    sets = tomlkit.table(is_super_table=True)
    for which in SETS:
        seed = {"seed": seeds[which]} if which in seeds else {}
        sets[which] = _table(sha256=digest(fixture_path(exercise, which)), published=which in seeds, **seed)
    document["sets"] = sets
    document["sources"] = _table(**{shown: digest(path) for shown, path in sources(exercise).items()})
    document["criteria"] = _criteria(calibration)
    manifest_path(exercise).write_text(tomlkit.dumps(document), encoding="utf-8")


def read_manifest(exercise: Exercise) -> dict[str, Any]:
    """Raises CourseError where it is absent or broken."""
    shown = f"fixtures/{exercise.id}/manifest.toml"
    try:
        return tomllib.loads(manifest_path(exercise).read_text(encoding="utf-8"))
    except OSError as error:
        raise CourseError(f"{shown}: no such file; run: grade fixtures build {exercise.id}") from error
    except ValueError as error:
        raise CourseError(f"{shown}: {error}; run: grade fixtures build {exercise.id}") from error


def stale_sources(exercise: Exercise, manifest: Mapping[str, Any]) -> list[str]:
    """Files that are not what they were when the fixtures were recorded, one line each."""
    recorded = dict(manifest.get("sources", {}))
    today = {shown: digest(path) for shown, path in sources(exercise).items()}
    changed = [f"{shown}: changed" for shown in today if recorded.get(shown, today[shown]) != today[shown]]
    new = [f"{shown}: is new" for shown in today if shown not in recorded]
    return changed + new + [f"{shown}: was removed" for shown in recorded if shown not in today]


def published_seed(manifest: Mapping[str, Any], which: Which) -> int | None:
    """The seed that a set was drawn from; None where it is secret."""
    seed = manifest.get("sets", {}).get(which, {}).get("seed")
    return None if seed is None else int(seed)


def _criteria(calibration: Calibration) -> Table:
    """Distances in units of the tolerance: 1 is just allowed."""
    criteria = tomlkit.table(is_super_table=True)
    for name, figures in calibration.criteria.items():
        table = _table(worst_correct=_rounded(figures.worst_correct), worst_correct_is=figures.worst_correct_is)
        if figures.nearest_chaff_is:
            by_form = isinf(figures.nearest_chaff)
            table["nearest_chaff"] = NOT_BY_VALUE if by_form else _rounded(figures.nearest_chaff)
            table["nearest_chaff_is"] = figures.nearest_chaff_is
        criteria[name] = table
    return criteria


def _table(**entries: str | int | float | bool) -> Table:
    table = tomlkit.table()
    table.update(entries)
    return table


def _rounded(ratio: float) -> float:
    """Three digits: the build's last bits are no news."""
    return float(f"{ratio:.3g}")
