"""How our exercise `char_rnn/colon_weights` judges weights of the network that the course handed out."""

from collections.abc import Callable, Iterator

import numpy as np
import torch

from grader.course.rules import load_rules
from grader.grading.in_process import load_module
from tests.bench.char_rnn import Snapshot, load_snapshot
from tests.bench.real_data import DataFolder
from tests.bench.references import course
from tests.bench.table import Row, claim, equal

Place = tuple[str, int, int]  # matrix, row, column

# Through hidden unit 100 the colon (character 9) leads to a newline (0), through unit 73 to a space (2).
RESPONSIBLE: list[Place] = [("Wxh", 100, 9), ("Why", 0, 100), ("Wxh", 73, 9), ("Why", 2, 73)]
TRIES = 20


def rows(data: DataFolder) -> Iterator[Row]:
    snapshot = load_snapshot(data)
    faults = judge_of(snapshot)
    found = faults(RESPONSIBLE)
    yield claim("colon_weights: the weights that are responsible pass", not found, ", ".join(found))
    why = snapshot.weights["Why"]
    row, column = np.unravel_index(why.argmax(), why.shape)
    shown = f"Why[{row}, {column}] fails" if faults([("Why", int(row), int(column))]) else "passes"
    yield Row("colon_weights: the largest of Why alone", shown, "fails", shown != "passes")
    rng = np.random.default_rng(0)
    passed = sum(not faults(drawn_like(RESPONSIBLE, snapshot, rng)) for _ in range(TRIES))
    yield equal(f"colon_weights: of {TRIES} random choices, as many weights each, pass", passed, 0)
    passed = sum(not faults(through_any_units(rng)) for _ in range(TRIES))
    yield Row(f"colon_weights: of {TRIES} with the right characters, but random units, pass", str(passed), "few", None)


def judge_of(snapshot: Snapshot) -> Callable[[list[Place]], list[str]]:
    """A function that gives the exercise's claims which do not hold for the weights at these places."""
    exercise = course().exercise("char_rnn/colon_weights")
    claims = load_rules(exercise)
    shared = exercise.fixtures.parent / "probing.py"
    probing = load_module(shared, exercise.shown(shared), {})
    weights = {name: torch.from_numpy(array) for name, array in snapshot.weights.items()}
    generator = torch.Generator().manual_seed(0)
    texts = probing.written_by(weights, snapshot.index["\n"], generator).numpy()
    inputs, settings = snapshot.weights | {"texts": texts}, {"characters": "".join(snapshot.index)}

    def faults(places: list[Place]) -> list[str]:
        answer = [
            {"matrix": matrix, "row": row, "column": column, "value": f"{snapshot.weights[matrix][row, column]:.4f}"}
            for matrix, row, column in places
        ]
        return [name for name, fault in claims.items() if fault({"weights": answer}, inputs, settings)]

    return faults


def drawn_like(places: list[Place], snapshot: Snapshot, rng: np.random.Generator) -> list[Place]:
    """Other places of the same matrices."""
    shapes = [(matrix, snapshot.weights[matrix].shape) for matrix, _, _ in places]
    return [(matrix, int(rng.integers(rows)), int(rng.integers(columns))) for matrix, (rows, columns) in shapes]


def through_any_units(rng: np.random.Generator) -> list[Place]:
    """From the colon to a newline and to a space, through hidden units drawn at random."""
    first, second = (int(unit) for unit in rng.integers(250, size=2))
    return [("Wxh", first, 9), ("Why", 0, first), ("Wxh", second, 9), ("Why", 2, second)]
