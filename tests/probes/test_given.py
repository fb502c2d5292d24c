"""Correct stand-ins in place of what a student's file defines: a class that extends the file's own gets them too."""

import sys
import types
from functools import partial

import pytest
import torch

from grader.probes.probing import Case, run_probe

LAYERS = """
class Layer:
    def name(self):
        return "the file's own"

class Wide(Layer):
    def name(self):
        return "wide, of " + super().name()
"""


class Correct:
    def name(self):
        return "the correct one"


@pytest.fixture
def student(monkeypatch):
    module = types.ModuleType("layers_of_a_student")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(LAYERS, vars(module))
    return module


def named(entry, given):
    """What a probe sees of the entry."""

    def probe(entry, case, see):
        see.fact("name", entry().name())

    return run_probe(probe, entry, Case("one"), torch.device("cpu"), torch.float32, given).facts["name"]


def test_a_class_extends_what_its_file_was_given_in_place_of_its_own(student):
    student.Layer = Correct
    for _ in range(2):
        assert named(student.Wide, {"Layer": Correct}) == "wide, of the correct one"


def test_afterwards_it_is_what_it_was(student):
    before = student.Layer
    student.Layer = Correct
    named(student.Wide, {"Layer": Correct})
    assert student.Wide.__bases__ == (before,)


def test_a_class_keeps_its_own_base_where_its_file_was_given_nothing(student):
    assert named(student.Wide, {"Layer": Correct}) == "wide, of the file's own"


def test_a_function_given_under_the_bases_name_is_no_base(student):
    student.Layer = Correct.name
    assert named(student.Wide, {"Layer": Correct.name}) == "wide, of the file's own"


def test_what_is_no_class_is_left_as_it_is():
    assert named(partial(Correct), {"partial": Correct}) == "the correct one"
