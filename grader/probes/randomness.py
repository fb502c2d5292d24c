"""Students' sources of randomness: numpy's, torch's and Python's global generators."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

_SEEDERS: tuple[tuple[Any, str], ...] = (
    (np.random, "seed"),
    (random, "seed"),
    (torch, "manual_seed"),
    (torch.random, "manual_seed"),
)


@contextmanager
def reseeding_ignored() -> Iterator[None]:
    """While this lasts, code that seeds a global generator has no effect.

    A function that seeds inside itself gives the same draws in every call. That is one fault; without it many calls
    still show whether its draws have the right probabilities.
    """
    before = [getattr(module, name) for module, name in _SEEDERS]
    for module, name in _SEEDERS:
        setattr(module, name, lambda *args, **kwargs: None)
    try:
        yield
    finally:
        for (module, name), seeder in zip(_SEEDERS, before, strict=True):
            setattr(module, name, seeder)
