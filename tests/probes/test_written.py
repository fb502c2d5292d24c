"""What gives None is told as not written, and what gives a value is as it was."""

import pytest
import torch
from torch import nn

from grader.probes.written import a_value, written


class Net(nn.Module):
    def __init__(self, result: object) -> None:
        super().__init__()
        self.result = result

    def forward(self, x: object) -> object:
        return self.result


class Rows:
    def add(self) -> None:
        return None


def test_what_gives_a_value_is_as_it_was() -> None:
    assert written(lambda x: x + 1)(2) == 3
    assert written(Net)(torch.ones(1))(0) == 1
    assert isinstance(written(Net)(1), Net)
    assert written(Rows)().add() is None  # its objects cannot be called
    assert a_value(0) == 0


def test_what_gives_none_is_not_written() -> None:
    def half(x: float) -> None:
        return None

    with pytest.raises(NotImplementedError, match="half returns None"):
        written(half)(2)
    with pytest.raises(NotImplementedError, match="Net returns None"):
        written(Net)(None)(2)
    for entry in (None, half):
        with pytest.raises(NotImplementedError, match="there is no value yet"):
            a_value(entry)
