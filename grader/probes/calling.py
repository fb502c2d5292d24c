"""How to call a function whose parameters stand in another order, have other names, or are fewer than asked for."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from grader.model.errors import CannotTell


@dataclass(frozen=True)
class FittedCall:
    """A student's function, and which of its parameters takes what. Roles are the names that the exercise asks for."""

    function: Callable[..., Any]
    parameters: Mapping[str, inspect.Parameter]  # role -> parameter
    positional: bool = False  # it takes whatever it is given, in the order of the exercise

    def takes(self, role: str) -> bool:
        return self.positional or role in self.parameters

    def needs(self, role: str) -> bool:
        """Whether a call must give a value for this role."""
        return role in self.parameters and self.parameters[role].default is inspect.Parameter.empty

    def name_of(self, role: str) -> str:
        """What the student calls this parameter; "" where there is none."""
        return self.parameters[role].name if role in self.parameters else ""

    def __call__(self, **values: Any) -> Any:
        """Call with a value for each role; those of roles that the function does not take are left out."""
        if self.positional:
            return self.function(*values.values())
        named = {self.parameters[role].name: value for role, value in values.items() if role in self.parameters}
        declared = inspect.signature(self.function).parameters.values()
        unnamed = [p.name for p in declared if p.kind is inspect.Parameter.POSITIONAL_ONLY and p.name in named]
        placed = [named.pop(name) for name in unnamed]
        return self.function(*placed, **named)


def fit_call(function: Any, roles: Mapping[str, frozenset[str]]) -> FittedCall:
    """Find out which parameter of `function` takes which role.

    `roles` maps each, in the order that the exercise asks for, to other names that people give it (lower case). What
    has no known name takes the roles that are left, in order. Raises CannotTell where a parameter without a default is
    left over, or where two parameters could take the same role.
    """
    shown = getattr(function, "__name__", type(function).__name__)
    if isinstance(function, type):
        raise CannotTell(f"{shown} is a class; a function was asked for, and how to use this is for a person to see")
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        raise CannotTell(f"{shown} does not tell its parameters") from None
    declared = list(signature.parameters.values())
    if any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in declared):
        return FittedCall(function, {}, positional=True)
    declared = [p for p in declared if p.kind is not inspect.Parameter.VAR_KEYWORD]
    found: dict[str, inspect.Parameter] = {}
    strangers = []
    for parameter in declared:
        role = _role(parameter.name, roles)
        if role in found:
            raise CannotTell(f"{shown}{signature}: {found[role].name} and {parameter.name} could both be {role}")
        if role:
            found[role] = parameter
        elif parameter.default is inspect.Parameter.empty:
            strangers.append(parameter)
    left = [role for role in roles if role not in found]
    if len(strangers) > len(left):
        raise CannotTell(f"{shown}{signature}: what to give as {strangers[-1].name} is for a person to see")
    return FittedCall(function, found | dict(zip(left, strangers, strict=False)))


def _role(name: str, roles: Mapping[str, frozenset[str]]) -> str:
    plain = name.strip("_").lower()
    return next((role for role, names in roles.items() if plain == role or plain in names), "")
