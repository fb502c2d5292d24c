"""`fixtures/<topic>/<exercise>/manifest.toml`: what the recorded sets were made from, and how well they separate."""

from collections.abc import Mapping
from math import isinf
from pathlib import Path
from typing import Any

import numpy as np
import tomlkit
import torch

from grader.authoring.record.calibration import Calibration, Figures
from grader.course.digests import stale_files
from grader.course.fixtures import SETS, Which, digest, fixture_path, read_manifest
from grader.course.folder import Exercise

NOT_BY_VALUE = "infinite"  # a wrong shape or fact, or no result, is not near at any tolerance


def write_manifest(exercise: Exercise, seeds: Mapping[Which, int], calibration: Calibration) -> None:
    """Describe the sets as they lie on disk; sets without a manifest that fits are not read.

    `seeds` are the published ones: a set without one was drawn from a secret seed.
    """
    sets = {which: {"sha256": digest(fixture_path(exercise, which)), "published": which in seeds} for which in SETS}
    described = {
        "torch": torch.__version__.partition("+")[0],  # "+cpu" makes no difference
        "numpy": np.__version__,
        "tolerance_factor": calibration.tolerance_factor,
        "sets": {which: told | ({"seed": seeds[which]} if which in seeds else {}) for which, told in sets.items()},
        "sources": {shown: digest(path) for shown, path in _sources(exercise).items()},
        "criteria": {name: _described(figures) for name, figures in calibration.criteria.items()},
    }
    text = f"# written by: grade fixtures build {exercise.id}\n{tomlkit.dumps(described)}"
    (exercise.fixtures / "manifest.toml").write_text(text, encoding="utf-8")


def stale_sources(exercise: Exercise) -> list[str]:
    """Files that are not what they were when the fixtures were recorded, one line each."""
    recorded, today = read_manifest(exercise).get("sources", {}), _sources(exercise)
    old = [name for name in stale_files(exercise) if name in recorded]
    changed = [f"{name}: {'changed' if name in today else 'was removed'}" for name in old]
    return changed + [f"{name}: is new" for name in today if name not in recorded]


def _sources(exercise: Exercise) -> dict[str, Path]:
    """Every file that the recorded sets follow from, by the path that messages show."""
    solutions = filter(None, (exercise.reference, exercise.dialects, *exercise.wheats, *exercise.chaffs))
    shown = {f"solutions/{exercise.id}/{path.relative_to(exercise.solutions).as_posix()}": path for path in solutions}
    beside = filter(None, (*exercise.data.values(), exercise.oracle, exercise.claims))
    code = {exercise.shown(path): path for path in exercise.code.values()}
    return {**code, **shown, **{exercise.shown(path): path for path in beside}}


def _described(figures: Figures) -> dict[str, Any]:
    """Distances in units of the tolerance: 1 is just allowed."""
    described = {"worst_correct": _rounded(figures.worst_correct), "worst_correct_is": figures.worst_correct_is}
    if not figures.nearest_chaff_is:
        return described
    nearest = NOT_BY_VALUE if isinf(figures.nearest_chaff) else _rounded(figures.nearest_chaff)
    return {**described, "nearest_chaff": nearest, "nearest_chaff_is": figures.nearest_chaff_is}


def _rounded(ratio: float) -> float:
    """Three digits: the build's last bits are no news."""
    return float(f"{ratio:.3g}")
