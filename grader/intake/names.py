"""Names that a source defines at top level, found by text alone: the judge never parses a student's code."""

import keyword
import re

_DEFINITION = re.compile(r"^(?:async[ \t]+def|def|class)[ \t]+(\w+)", re.MULTILINE)
_ASSIGNMENT = re.compile(r"^(\w+(?:[ \t]*,[ \t]*\w+)*)[ \t]*(?::[^=\n]*)?=(?!=)", re.MULTILINE)


def top_level_names(text: str) -> frozenset[str]:
    """Functions, classes and assigned names of unindented lines; text inside a long string may add more."""
    names = set(_DEFINITION.findall(text))
    for targets in _ASSIGNMENT.findall(text):
        names.update(name.strip() for name in targets.split(","))
    return frozenset(name for name in names if name.isidentifier() and not keyword.iskeyword(name))
