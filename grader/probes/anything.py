"""A stand-in for what a machine has not: it takes part in whatever is done with it."""

from collections.abc import Iterator
from typing import Any

import torch


class Anything:
    """Takes part in whatever a statement does with it: attributes, calls, items, iteration, `with`, a base class."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> "Anything":
        return attribute_of(self._name, name)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        if len(arguments) == 1 and not named and callable(arguments[0]) and not isinstance(arguments[0], Anything):
            return arguments[0]  # used as a decorator
        return Anything(f"{self._name}()")

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (torch.nn.Module,) if self._name.endswith("Module") else ()  # LightningModule and its like

    def __getitem__(self, key: Any) -> "Anything":
        return Anything(f"{self._name}[…]")

    def __setitem__(self, key: Any, value: Any) -> None:
        return None

    def __delitem__(self, key: Any) -> None:
        return None

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __enter__(self) -> "Anything":
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def __repr__(self) -> str:
        return f"<stand-in for {self._name}>"


def attribute_of(owner: str, name: str) -> Anything:
    if name.startswith("__") and name.endswith("__"):  # protocols such as pickling must see that it has none
        raise AttributeError(name)
    return Anything(f"{owner}.{name}")
