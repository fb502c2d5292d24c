"""The measurement on real files: its table tells right from wrong, and what is missing is said in one line."""

import math
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.bench.char_rnn import Snapshot, surplus_surprise
from tests.bench.real_data import DataFolder, MissingDataError
from tests.bench.table import at_most, claim, equal, near
from tests.bench.training import Result, compare
from tests.places import ROOT


@pytest.mark.parametrize(("measured", "ok"), [(40.15, True), (40.19, True), (40.21, False), (math.nan, False)])
def test_a_number_is_near_its_golden_value_or_not(measured, ok):
    assert near("accuracy", measured, 40.15, 0.05, " %").ok is ok


@pytest.mark.parametrize(("measured", "ok"), [(0.9e-6, True), (1.1e-6, False), (math.nan, False)])
def test_an_error_is_small_or_not(measured, ok):
    assert at_most("error", measured, 1e-6).ok is ok


def test_a_row_shows_both_numbers_and_the_verdict():
    assert str(near("loss", 1.6, 1.597, 0.01)).split() == ["loss", "1.600", "1.597", "±", "0.01", "yes"]
    assert str(equal("colons", 605, 606)).split() == ["colons", "605", "606", "NO"]
    assert str(claim("finite", False)).split() == ["finite", "not", "so", "so", "NO"]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(
        MissingDataError, match=r"weights/cnn\.pkl: no such file; .* put it there or name another --data"
    ):
        DataFolder(tmp_path).tensors("weights/cnn.pkl")


def test_arrays_come_in_the_order_they_are_asked_for(tmp_path):
    np.savez(tmp_path / "pair.npz", a=np.zeros(2), b=np.ones(3))
    b, a = DataFolder(tmp_path).arrays("pair.npz", "b", "a")
    assert (b.sum(), a.sum()) == (3, 0)
    with pytest.raises(MissingDataError, match=r"pair\.npz: .* expected the arrays a, c without pickle"):
        DataFolder(tmp_path).arrays("pair.npz", "a", "c")


def test_arrays_of_objects_are_refused(tmp_path):
    np.save(tmp_path / "objects.npy", np.array([{}], dtype=object))
    with pytest.raises(MissingDataError, match="expected one array without pickle"):
        DataFolder(tmp_path).array("objects.npy")


@pytest.mark.parametrize("new_format", [False, True])
def test_state_dicts_of_both_formats_are_read(tmp_path, new_format):
    given = {"layer.weight": torch.arange(6.0).reshape(2, 3)}
    torch.save(given, tmp_path / "net.pkl", _use_new_zipfile_serialization=new_format)
    assert torch.equal(DataFolder(tmp_path).tensors("net.pkl")["layer.weight"], given["layer.weight"])


class Greeting:
    """Unpickled, it would leave a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_nothing_but_tensors_is_unpickled(tmp_path):
    (tmp_path / "net.pkl").write_bytes(pickle.dumps({"layer.weight": Greeting(tmp_path / "ran")}, protocol=2))
    with pytest.raises(MissingDataError, match="expected a state dict that torch"):
        DataFolder(tmp_path).tensors("net.pkl")
    assert not (tmp_path / "ran").exists()


def test_right_draws_surprise_little_and_wrong_ones_much():
    rng = np.random.default_rng(3)
    shapes = {"Wxh": (8, 4), "Whh": (8, 8), "Why": (4, 8), "bh": (8, 1), "by": (4, 1)}
    snapshot = Snapshot(
        {name: rng.normal(size=shape) for name, shape in shapes.items()}, {c: i for i, c in enumerate("abcd")}
    )
    start = np.zeros((8, 1))
    right, h = [], start
    for _ in range(500):
        right.append(int(rng.choice(4, p=snapshot.distribution(h, 2.0))))
        h = snapshot.step(h, right[-1])
    assert abs(surplus_surprise(snapshot, start, [right], 2.0)) < 4
    assert abs(surplus_surprise(snapshot, start, [right], 1.0)) > 5
    assert abs(surplus_surprise(snapshot, start, [list(rng.integers(0, 4, size=500))], 2.0)) > 5


@pytest.mark.parametrize(
    ("epochs", "loss", "accuracy", "ok"),
    [
        (25, 1.60, 40.9, [True, True]),
        (25, 1.73, 36.5, [False, False]),
        (6, 1.73, 36.5, [True, True]),
        (6, math.nan, 4.2, [False, False]),
        (5, 1.80, 33.0, [None, None]),
    ],
)
def test_training_is_compared_with_what_its_epochs_allow(epochs, loss, accuracy, ok):
    rows = list(compare("CNN", epochs, Result(loss, accuracy)))
    assert [row.ok for row in rows] == ok
    assert all(f"after {epochs} of 25 epochs" in row.what for row in rows)


def measure(*arguments):
    command = [sys.executable, "-m", "tests.bench.course", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_folder_without_the_files_gives_one_line_for_each_measurement(tmp_path):
    ended = measure("--data", tmp_path, "--skip-training")
    lines = ended.stdout.splitlines()[1:]
    assert (ended.returncode, ended.stderr) == (1, "")
    assert lines
    assert [line for line in lines if not line.startswith(f"not measured: {tmp_path}/")] == []


def test_a_folder_that_is_none_is_refused(tmp_path):
    ended = measure("--data", tmp_path / "nowhere")
    assert ended.returncode == 2
    assert "nowhere: no such folder; name the one with the real files" in ended.stderr
