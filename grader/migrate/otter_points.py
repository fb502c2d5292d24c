"""What a question of Otter's is worth, and how its tests share it, as Otter itself computes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grader.migrate.reading import number_in


@dataclass(frozen=True)
class OtterTest:
    """One test case; `points` as it says them."""

    code: str
    points: Any
    hidden: bool


def points_of_question(told: Any, tests: int) -> float:
    """What the question says it is worth, which has so many tests."""
    if isinstance(told, dict):
        return _number(told["total"]) if "total" in told else _number(told.get("each", 1)) * max(1, tests)
    if isinstance(told, list):
        return sum(map(_number, told))
    return 1.0 if told is None else _number(told)


def points_of_tests(told: Any, given: Sequence[Any]) -> tuple[list[float], list[str]]:
    """The tests' shares of the question's points; tests that say none share what the others leave; and remarks."""
    if isinstance(told, list) and len(told) == len(given):
        return list(map(_number, told)), []
    remarks = []
    if isinstance(told, list) and given:
        remarks.append(f"gives points to {len(told)} tests and has {len(given)}; they share the sum")
    own = [None if points is None else _number(points) for points in given]
    fixed = sum(points for points in own if points is not None)
    unsaid = own.count(None)
    total = (fixed or 1.0) if told is None else points_of_question(told, len(given))
    if given and (fixed > total or (not unsaid and fixed < total)):
        remarks.append(f"says {total:g} points, its tests have {fixed:g} together; the tests' count")
    rest = max(0.0, total - fixed) / unsaid if unsaid else 0.0
    return [rest if points is None else points for points in own], remarks


def no_numbers(*told: Any) -> list[Any]:
    """What stands where points should and is none."""
    values: list[Any] = []
    for one in told:
        values += one.values() if isinstance(one, dict) else one if isinstance(one, list) else [one]
    return [value for value in values if value is not None and number_in(value) is None]


def _number(told: Any) -> float:
    return number_in(told) or 0.0
