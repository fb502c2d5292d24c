"""A probe that runs a student's whole program leaves no traces: folder, output, threads, swapped attributes."""

import math
from pathlib import Path

import pytest
import torch

from grader.probes.workplace import swapped, workplace


def test_files_written_inside_are_thrown_away(capsys):
    before = Path.cwd()
    with workplace():
        folder = Path.cwd()
        Path("weights.pt").write_text("written by training")
        print("epoch 1")
    assert folder != before == Path.cwd()
    assert not folder.exists()
    assert capsys.readouterr().out == ""


def test_one_thread_computes_whatever_is_asked_for():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with workplace():
            torch.set_num_threads(5)
            assert torch.get_num_threads() == 1
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_an_exception_inside_leaves_no_traces_either():
    before, set_num_threads = Path.cwd(), torch.set_num_threads
    with pytest.raises(ValueError, match="in training"), workplace():
        raise ValueError("in training")
    assert Path.cwd() == before
    assert torch.set_num_threads is set_num_threads


def test_a_swapped_attribute_comes_back():
    tau = math.tau
    with swapped(math, "tau", 6):
        assert math.tau == 6
    assert math.tau == tau
    with pytest.raises(ZeroDivisionError), swapped(math, "tau", 6):
        raise ZeroDivisionError
    assert math.tau == tau
