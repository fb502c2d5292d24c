"""Loads the functions and classes that a student defined, from a notebook or a module, without running the rest."""

import os
import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from grader.loading.executing import Execution, Surroundings
from grader.loading.imports import new_module, surroundings_of
from grader.loading.locations import describe, failure_notes
from grader.loading.magics import write_module_of_cell
from grader.loading.program import Program, read_program

_MAX_LISTED = 5


@dataclass
class Loaded:
    """A loaded source. `namespace` is the module's own, the one its functions look their globals up in."""

    namespace: dict[str, Any]
    errors: dict[str, dict[str, str]] = field(default_factory=dict)  # missing wanted name -> type, message, where
    notes: list[str] = field(default_factory=list)


def load_source(
    path: str,
    kind: Literal["module", "notebook"],
    cells: Sequence[tuple[str, str]],
    wanted: Collection[str],
    budget_s: float,
) -> Loaded:
    """Define the `wanted` names of one source, with what they need, in at most `budget_s` seconds.

    `path` is relative to the current folder, the root of the submission; `cells` are (label, text). Only the
    statements that the wanted names depend on are executed. A wanted name that is missing without an entry in
    `errors` is defined nowhere in the source.
    """
    root = Path.cwd()
    around = surroundings_of(root)
    around.begin((root / path).parent, budget_s)
    if kind == "notebook":
        for _, text in cells:
            write_module_of_cell(text, root)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            execution = _load(read_program(path, cells, kind == "notebook"), path, kind, wanted, around)
    finally:
        os.chdir(root)  # a later source is looked up from here
    missing = {name: execution.why_missing(name) for name in wanted if name not in execution.namespace}
    errors = {name: describe(error) for name, error in missing.items() if error is not None}
    return Loaded(execution.namespace, errors, _notes(execution, around))


def _load(program: Program, path: str, kind: str, wanted: Collection[str], around: Surroundings) -> Execution:
    module = new_module(path, around.root, in_package=kind == "module")
    execution = Execution(program, vars(module), around)
    execution.define(wanted)
    if _slice_may_have_lost_something(execution, wanted):
        execution.run(p for p, s in enumerate(program.statements) if not s.last_resort)
    return execution


def _slice_may_have_lost_something(execution: Execution, wanted: Collection[str]) -> bool:
    """Names bound by `exec`, or objects changed in a way that the text does not show."""
    found = {name for name in wanted if name in execution.namespace}
    effects = [statement.effects for statement in execution.program.statements]
    if any(e.dynamic for e in effects) and not (found and found <= set[str]().union(*(e.binds for e in effects))):
        return True
    causes = [execution.why_missing(name) for name in wanted if name not in found]
    return any(isinstance(cause, AttributeError | LookupError) for cause in causes)


def _notes(execution: Execution, around: Surroundings) -> list[str]:
    notes = [*around.notes, *failure_notes(execution.program.errors, execution.failures)]
    if execution.program.python2:
        notes.append("read as Python 2")
    if absent := sorted(set(around.standins.used)):
        notes.append(f"not installed here, a stand-in takes its place: {', '.join(absent[:_MAX_LISTED])}")
    if around.shell.recorded:
        notes.append(f"not run: {'; '.join(around.shell.recorded[:_MAX_LISTED])}"[:300])
    return list(dict.fromkeys(notes))
