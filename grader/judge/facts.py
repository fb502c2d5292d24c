"""Facts: plain JSON data, compared exactly and described by their first difference."""

from grader.judge.quoting import printable, quote
from grader.model.observation import Json


def same_fact(seen: object, wanted: Json) -> bool:
    """Equal as JSON: True is not 1, 1 is 1.0. Goes only as deep as `wanted`, whatever was sent."""
    if isinstance(wanted, bool) or isinstance(seen, bool) or wanted is None:
        return seen is wanted
    if isinstance(wanted, list):
        return (
            isinstance(seen, list)
            and len(seen) == len(wanted)
            and all(same_fact(s, w) for s, w in zip(seen, wanted, strict=True))
        )
    if isinstance(wanted, dict):
        return (
            isinstance(seen, dict)
            and seen.keys() == wanted.keys()
            and all(same_fact(seen[key], wanted[key]) for key in wanted)
        )
    if isinstance(wanted, str):
        return isinstance(seen, str) and seen == wanted
    return isinstance(seen, int | float) and seen == wanted


def describe_fact(name: str, seen: object, wanted: Json) -> str:
    """What differs: in a list the first entry that does, then the lengths where they differ too."""
    words = name.replace("_", " ")
    if not isinstance(wanted, list) or not isinstance(seen, list):
        return f"{words} is {quote(seen)}; expected {quote(wanted)}"
    length = f" ({len(seen)} instead of {len(wanted)} in all)" if len(seen) != len(wanted) else ""
    place = _first_difference(seen, wanted)
    if place >= len(seen):
        return f"{_entry(name, place)} is missing; expected {quote(wanted[place])}{length}"
    if place >= len(wanted):
        return f"{_entry(name, place)} is {quote(seen[place])}; expected none{length}"
    return f"{_entry(name, place)} is {quote(seen[place])}; expected {quote(wanted[place])}{length}"


def _first_difference(seen: list[object], wanted: list[Json]) -> int:
    pairs = zip(seen, wanted, strict=False)
    return next((i for i, (s, w) in enumerate(pairs) if not same_fact(s, w)), min(len(seen), len(wanted)))


def _entry(name: str, place: int) -> str:
    """A network's parameters are counted as people count; other lists as Python indexes them."""
    return f"shape of parameter {place + 1}" if name == "parameters" else f"{printable(name)}[{place}]"
