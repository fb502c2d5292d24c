"""The probe of answers: what a student wrote under the exercise's heading, as facts. It needs no tensors.

An exercise's `fixtures/<topic>/<exercise>/probe.py` is these lines:

    from grader.probes.answering import probe_of

    cases, probe = probe_of("sizes", "input_size", "output_size")
"""

from collections.abc import Callable, Iterator
from typing import Any

import torch

from grader.intake.answers import answered
from grader.probes.probing import Case, Recorder

CASE = "answers"
_PLAIN = (str, int, float, bool)
_LONGEST, _MOST, _DEEPEST = 2_000, 100, 6  # characters of a text, entries of a list, lists in lists

Cases = Callable[[torch.Generator], Iterator[Case]]
Probe = Callable[[Any, Case, Recorder], None]


def probe_of(section: str, *keys: str) -> tuple[Cases, Probe]:
    """The probe's `cases` and `probe`: each of `keys` that was answered becomes a fact. Values are not read here."""

    def cases(generator: torch.Generator) -> Iterator[Case]:
        yield Case(CASE)

    def probe(entry: Any, case: Case, see: Recorder) -> None:
        record_answers(entry, section, keys, see)

    return cases, probe


def record_answers(entry: Any, section: str, keys: tuple[str, ...], see: Recorder) -> None:
    """Raises NotImplementedError where nothing was answered: no dictionary, no section, or all of it left empty."""
    facts = answered(_inert(entry), section, keys) if type(entry) is dict else {}
    if not facts:
        raise NotImplementedError(f"nothing is answered under [{section}]")
    for key, answer in facts.items():
        see.fact(key, answer)


def _inert(value: Any, deepest: int = _DEEPEST) -> Any:
    """JSON data. What is none (an array, an object of a class) becomes the list or the number it holds, or its type."""
    if isinstance(value, torch.Tensor) or type(value).__module__ == "numpy":
        value = value.tolist()
    if type(value) in _PLAIN or value is None:
        return value[:_LONGEST] if isinstance(value, str) else value
    if type(value) in (list, tuple) and deepest:
        return [_inert(inner, deepest - 1) for inner in value[:_MOST]]
    if type(value) is dict and deepest:
        return {str(key): _inert(inner, deepest - 1) for key, inner in list(value.items())[:_MOST]}
    return f"a value of type {type(value).__name__}"
