"""Draws judged by their probabilities: the bounds, what is found and how it is said, and how functions are called."""

import random
from dataclasses import dataclass, replace
from math import comb, exp, inf, log

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.folder import Exercise
from grader.course.rules import load_oracle
from grader.grading.in_process import load_module
from grader.judge.checks import draw_statistics
from grader.judge.checks.draw_statistics import Draws
from grader.judge.verdicts import judge_exercise
from grader.model.errors import CourseError
from grader.model.fixture import Expected, Fixture, FixtureCase
from grader.model.observation import Observation, Outcome, StudentError
from grader.model.report import Status
from grader.probes.calling import fit_call
from grader.probes.probing import CannotTell
from grader.probes.randomness import reseeding_ignored
from tests.builders import criterion, no_tensor, rubric, seen_tensor
from tests.places import ROOT

Drawing = load_module(ROOT / "fixtures/char_rnn/probing.py", "fixtures/char_rnn/probing.py", {}).Drawing

# Symbol after symbol: a chain of four, each with its own probabilities for the next.
CHAIN = np.array([[0.1, 0.6, 0.2, 0.1], [0.3, 0.1, 0.1, 0.5], [0.25, 0.25, 0.4, 0.1], [0.05, 0.15, 0.7, 0.1]])
SIZES = {
    "starts": (60, 2),
    "starts again": (120, 2),
    "long": (1, 500),
    "long again": (1, 1000),
    "many": (8, 60),
    "many again": (16, 60),
}


def flattened(chain):
    return chain**0.2 / (chain**0.2).sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class ChainOracle:
    """Calls begin after symbol 0. The known mistakes: a flatter chain, and one that begins after symbol 3."""

    mistakes: tuple[str, ...] = ("flat", "late")
    reach = None

    def log_probabilities(self, case, facts, drawn, mistake=None):
        before = np.hstack([np.full((len(drawn), 1), 3 if mistake == "late" else 0), drawn[:, :-1]])
        return np.log(flattened(CHAIN) if mistake == "flat" else CHAIN)[before]

    def log_likelihoods(self, case, facts, drawn):
        def likelihood(mistake):
            logs = self.log_probabilities(case, facts, drawn, mistake)
            return Draws(drawn, logs).log_likelihood()

        return {mistake: likelihood(mistake) for mistake in (None, *self.mistakes)}

    def symbols(self, case):
        return [repr(letter) for letter in "abcd"]


def follow(generator, calls, n, chain=CHAIN, last=0):
    """Draws of a chain, [calls, n]."""
    rows = np.empty((calls, n), dtype=np.int64)
    before = np.full(calls, last)
    for step in range(n):
        below = chain[before].cumsum(axis=1)
        before = (generator.random((calls, 1)) > below).sum(axis=1)
        rows[:, step] = before
    return rows


def samples(seed, draw=follow):
    generator = np.random.default_rng(seed)
    return {name: draw(generator, *size) for name, size in SIZES.items()}


CRITERIA = {
    "form": {"check": "draws_possible", "tensors": ("long", "long again")},
    "follows": {"check": "draws_follow", "tensors": ("long",), "confirmed_by": ("long again",)},
    "start": {"check": "draws_follow", "tensors": ("starts",), "confirmed_by": ("starts again",)},
    "calls": {"check": "draws_independent", "tensors": ("many",), "confirmed_by": ("many again",)},
}


def judge(draws, *ids, **changes):
    """The first criterion's verdict, with all of `ids` judged."""
    criteria = (criterion(id_, hint="look again", **CRITERIA[id_]) for id_ in ids)
    expected = Expected({}, {}, SIZES)
    case = FixtureCase("toy", {}, {}, {"reference": expected})
    fixture = Fixture("toy/chain", (case,), 16.0, {"flat": "it is flat", "late": "it is late"}, oracle=ChainOracle())
    seen = Observation("toy", tensors={name: seen_as(array) for name, array in draws.items()})
    return judge_exercise(rubric(*criteria), fixture, {"toy": replace(seen, **changes)}).verdicts[0]


def seen_as(value):
    return seen_tensor(value) if isinstance(value, np.ndarray) else no_tensor(value)


# ---------------------------------------------------------------- bounds


@given(st.integers(1, 60), st.floats(0.001, 0.999), st.data())
def test_a_tail_is_never_larger_than_its_bound(n, p, data):
    count = data.draw(st.integers(0, n))
    away = abs(count - n * p)
    tail = sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1) if abs(k - n * p) >= away - 1e-9)
    assert log(min(tail, 1.0)) <= draw_statistics.log_tail(count - n * p, n * p * (1 - p), 1.0) + 1e-6


def test_a_bound_is_sharp_enough_to_tell():
    assert draw_statistics.log_tail(100, 250, 1.0) < log(1e-6)  # 600 of 1,000 even throws: six deviations and a third
    assert draw_statistics.log_tail(1, 1e-9, 1.0) < log(1e-6)  # what has the probability 1e-9 happened


def test_what_is_certain_does_not_deviate():
    assert draw_statistics.log_tail(1e-12, 0.0, 1.0) == 0.0


def test_places_of_right_draws_are_uniform():
    generator = np.random.default_rng(5)
    drawn = follow(generator, 40, 500)
    draws = Draws(drawn, ChainOracle().log_probabilities(None, {}, drawn))
    counts = np.histogram(draw_statistics.places(draws, generator), bins=20, range=(0, 1))[0]
    assert counts.sum() == draws.drawn.size
    assert ((counts - 1000) ** 2 / 1000).sum() < 50  # chi-square with 19 degrees of freedom: 50 once in 7,000


@pytest.mark.parametrize("power", [0.0, 0.5, 2.0, inf])
def test_a_power_of_the_probabilities_is_on_average_no_likelier(power):
    """The mean of likelihood ratios over all sequences, each with its probability, is 1."""
    drawn = np.array([[i, j] for i in range(4) for j in range(4)])
    logs = ChainOracle().log_probabilities(None, {}, drawn)
    each = [Draws(drawn[i : i + 1], logs[i : i + 1]) for i in range(16)]
    mean = sum(exp(d.log_likelihood() + draw_statistics.gain_of_power(d, power)) for d in each)
    assert mean == pytest.approx(1.0)


def test_equally_likely_symbols_may_come_in_any_order():
    drawn = np.random.default_rng(1).integers(0, 4, (1, 200))
    even = Draws(drawn, np.full((1, 200, 4), log(0.25)))
    assert [draw_statistics.gain_of_power(even, power) for power in (0.0, 2.0, inf)] == pytest.approx([0.0, 0.0, 0.0])


def test_one_number_for_all_draws_shows():
    draws = follow(Repeating(0.2), 1, 60)
    logs = ChainOracle().log_probabilities(None, {}, draws)
    assert draw_statistics.gain_of_one_number(Draws(draws, logs)) > log(1e6)
    fair = follow(np.random.default_rng(1), 1, 60)
    assert draw_statistics.gain_of_one_number(Draws(fair, ChainOracle().log_probabilities(None, {}, fair))) == -inf


class Repeating:
    """A generator with one number."""

    def __init__(self, number):
        self.number = number

    def random(self, shape):
        return np.full(shape, self.number)


# ---------------------------------------------------------------- verdicts


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_right_draws_pass(seed):
    draws = samples(seed)
    assert [judge(draws, id_).status for id_ in CRITERIA] == [Status.PASSED] * 4


@pytest.mark.parametrize("seed", range(5))
def test_flat_probabilities_fail_and_are_recognised(seed):
    draws = samples(seed, lambda generator, calls, n: follow(generator, calls, n, flattened(CHAIN)))
    verdict = judge(draws, "follows")
    assert verdict.status is Status.FAILED
    assert verdict.message.startswith("the likeliest symbol of each moment was drawn")
    assert "(p < 1e-" in verdict.message
    assert verdict.hint == "it is flat"


@pytest.mark.parametrize("seed", range(5))
def test_a_wrong_start_fails_and_is_recognised(seed):
    draws = samples(seed, lambda generator, calls, n: follow(generator, calls, n, last=3))
    verdict = judge(draws, "start")
    assert verdict.status is Status.FAILED
    assert "as number 1 of 120 calls" in verdict.message
    assert verdict.hint == "it is late"
    assert judge(draws, "follows").status is Status.PASSED


def test_a_count_is_told_with_what_was_expected():
    swapped = np.array([[0.1, 0.2, 0.6, 0.1], [0.5, 0.1, 0.1, 0.3], [0.4, 0.25, 0.25, 0.1], [0.7, 0.15, 0.05, 0.1]])
    verdict = judge(samples(1, lambda generator, calls, n: follow(generator, calls, n, swapped)), "start")
    assert verdict.status is Status.FAILED
    assert verdict.message.startswith("'c' was drawn 7")
    assert "times, expected about 24 ± 4, as number 1 of 120 calls (p < 1e-" in verdict.message
    assert 'case "toy"' in verdict.message


def test_a_mistake_that_does_not_fit_is_not_named():
    uniform = samples(1, lambda generator, calls, n: follow(generator, calls, n, np.eye(4)[[2, 2, 2, 2]]))
    assert judge(uniform, "follows").hint == "look again"


def test_only_likeliest_symbols_fail():
    greedy = samples(1, lambda generator, calls, n: follow(generator, calls, n, np.eye(4)[CHAIN.argmax(axis=1)]))
    verdict = judge(greedy, "follows")
    assert verdict.status is Status.FAILED
    assert "the likeliest symbol of each moment was drawn 975 times, expected about" in verdict.message


def test_a_deviation_must_be_confirmed():
    wrong = samples(1, lambda generator, calls, n: follow(generator, calls, n, flattened(CHAIN)))
    assert judge(samples(2) | {"long": wrong["long"]}, "follows").status is Status.PASSED
    assert judge(samples(2) | {"long again": wrong["long again"]}, "follows").status is Status.PASSED


def test_equal_calls_fail_independence_alone():
    def seeded(generator, calls, n):
        return np.tile(follow(np.random.default_rng(3), 1, n), (calls, 1))

    draws = samples(1, seeded)
    verdict = judge(draws, "calls")
    assert verdict.status is Status.FAILED
    assert verdict.message.startswith("two calls with the same arguments gave the same result (p < 1e-")
    assert [judge(draws, id_).status for id_ in ("form", "follows", "start")] == [Status.PASSED] * 3


def test_draws_that_depend_on_the_last_call_fail():
    def mirrored(generator, calls, n):
        numbers = generator.random((calls, 1, n))
        numbers[1::2] = 1 - numbers[: calls - calls % 2 : 2] if calls > 1 else numbers[1::2]
        rows = [follow(Listed(row), 1, n) for row in numbers]
        return np.vstack(rows)

    verdict = judge(samples(1, mirrored), "calls")
    assert verdict.status is Status.FAILED
    assert "depend on those of the call before" in verdict.message


class Listed:
    """A generator with these numbers, [1, n]."""

    def __init__(self, numbers):
        self.numbers = iter(numbers[0])

    def random(self, shape):
        return np.full(shape, next(self.numbers))


def test_one_random_number_for_a_whole_call_fails():
    once = samples(1, lambda generator, calls, n: follow(Repeating(0.2), calls, n))
    verdict = judge(once, "follows")
    assert verdict.status is Status.FAILED
    assert verdict.message.startswith("all draws of a call come from the same random number")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.zeros((1, 499), np.int64), "a call with 499 symbols; expected a call with 500 symbols"),
        (np.full((1, 500), 4), "index 4 was returned; there are 0 to 3"),
        (np.full((1, 500), -1), "index -1 was returned"),
        (np.zeros((1, 500)), "expected indices, got a value of type Tensor"),
        ("text", "expected indices, got a value of type str"),
        (None, "expected indices, got None"),
    ],
)
@pytest.mark.parametrize("check", ["form", "follows"])
def test_what_is_no_sample_fails(check, value, message):
    verdict = judge(samples(1) | {"long": value}, check)
    assert verdict.status is Status.FAILED
    assert message in verdict.message


def test_draws_that_never_came_fail_with_the_reason():
    error = StudentError("IndexError", "index 4 is out of bounds", "rnn.py, line 3")
    draws = samples(1)
    del draws["long again"]
    verdict = judge(draws, "follows", outcome=Outcome.RAISED, error=error)
    assert verdict.status is Status.FAILED
    assert "raised IndexError: index 4 is out of bounds" in verdict.message


def test_what_a_probe_cannot_tell_goes_to_a_person():
    error = StudentError("CannotTell", "Model is a class")
    verdict = judge({}, "follows", outcome=Outcome.RAISED, error=error)
    assert verdict.status is Status.NEEDS_PERSON
    assert verdict.message == "a person must look: Model is a class"


def test_another_exception_does_not_go_to_a_person():
    error = StudentError("ValueError", "Model is a class")
    assert judge({}, "follows", outcome=Outcome.RAISED, error=error).status is Status.FAILED


def test_a_criterion_of_draws_needs_a_larger_sample():
    with pytest.raises(ValueError, match=r"confirmed_by\n  Field required"):
        criterion("x", "draws_follow", tensors=("long",))
    with pytest.raises(ValueError, match="one larger sample for each"):
        criterion("x", "draws_follow", tensors=("long", "short"), confirmed_by=("long again",))


# ---------------------------------------------------------------- the course's oracle


def exercise(folder):
    draws = rubric(criterion("form", **CRITERIA["form"]))
    return Exercise("toy/chain", draws, folder / "solutions/toy/chain", folder / "fixtures/toy/chain")


def test_an_oracle_may_belong_to_the_topic(tmp_path):
    found = exercise(tmp_path)
    found.fixtures.mkdir(parents=True)
    (found.fixtures.parent / "oracle.py").write_text(
        "MISTAKES = ('flat',)\ndef symbol(settings, index): return settings['of'][index]\n"
        "def log_probabilities(inputs, settings, facts, drawn, mistake=None):\n"
        "    return (inputs['p'] * (2 if mistake else 1)).repeat(drawn.size, axis=0).reshape(*drawn.shape, 3)\n"
    )
    oracle = load_oracle(found)
    case = FixtureCase("toy", {"p": np.log([[0.5, 0.25, 0.25]])}, {"of": "xyz"}, {})
    drawn = np.array([[0, 1], [2, 0], [1, 1]])
    assert oracle.mistakes == ("flat",)
    assert oracle.symbols(case) == ("x", "y", "z")
    np.testing.assert_array_equal(oracle.log_probabilities(case, {}, drawn), np.tile(case.inputs["p"], (3, 2, 1)))
    right = log(0.5) * 2 + log(0.25) * 4
    assert oracle.log_likelihoods(case, {}, drawn) == pytest.approx({None: right, "flat": 2 * right})


def test_a_missing_oracle_is_named(tmp_path):
    with pytest.raises(CourseError, match=r"^fixtures/toy/chain/oracle.py: no such file"):
        load_oracle(exercise(tmp_path))


@pytest.mark.parametrize(
    ("text", "message"), [("MISTAKES = ()", "defines no log_probabilities"), ("1 / 0", "ZeroDivisionError")]
)
def test_a_broken_oracle_is_named(tmp_path, text, message):
    found = exercise(tmp_path)
    found.fixtures.mkdir(parents=True)
    (found.fixtures / "oracle.py").write_text(text)
    with pytest.raises(CourseError, match=message):
        found.require_modules()


# ---------------------------------------------------------------- calls

ROLES = {
    "h": frozenset({"hprev"}),
    "seed_ix": frozenset({"ix"}),
    "n": frozenset({"length"}),
    "alpha": frozenset({"temperature"}),
}


def called(function):
    return fit_call(function, ROLES)(h="state", seed_ix=3, n=7, alpha=2.0)


@pytest.mark.parametrize(
    "function",
    [
        lambda h, seed_ix, n, alpha=1.0: (h, seed_ix, n, alpha),
        lambda alpha, length, ix, hprev: (hprev, ix, length, alpha),
        lambda state_of_it, what, n, temperature: (state_of_it, what, n, temperature),
        lambda h, ix, /, n, *, alpha: (h, ix, n, alpha),
        lambda *everything: everything,
        lambda H, seed_ix, n, alpha, verbose=False, **more: (H, seed_ix, n, alpha),
    ],
)
def test_parameters_are_found_by_name_and_place(function):
    assert called(function) == ("state", 3, 7, 2.0)


def test_absent_parameters_get_nothing():
    call = fit_call(lambda ix, length: (ix, length), ROLES)
    assert not call.takes("h")
    assert not call.takes("alpha")
    assert call(h="state", seed_ix=3, n=7) == (3, 7)


def test_a_default_is_no_need():
    call = fit_call(lambda h, ix, n, temperature=1: None, ROLES)
    assert call.needs("n")
    assert not call.needs("alpha")
    assert call.name_of("alpha") == "temperature"


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda h, hprev, ix, n: None, "h and hprev could both be h"),
        (lambda a, b, c, d, e: None, "what to give as e is for a person"),
        (type("Model", (), {}), "Model is a class"),
    ],
)
def test_what_does_not_fit_is_for_a_person(function, message):
    with pytest.raises(CannotTell, match=message):
        fit_call(function, ROLES)


# ---------------------------------------------------------------- what calls give

OPENINGS = ([0, 1, 2, 3], [3, 2, 1, 0], [1, 1, 2, 2], [2, 0, 2, 0])


def written(indices):
    return "".join("abcd"[index] for index in indices)


def new(opening, n):
    """As many symbols, other ones after another opening."""
    return [(opening[0] + opening[1] + step) % 4 for step in range(n)]


@pytest.mark.parametrize(
    "call",
    [
        new,
        lambda opening, n: np.array(new(opening, n)),
        lambda opening, n: torch.tensor(new(opening, n)),
        lambda opening, n: np.array(new(opening, n)).reshape(-1, 1),
        lambda opening, n: [np.int64(index) for index in new(opening, n)],
        lambda opening, n: written(new(opening, n)),
        lambda opening, n: list(written(new(opening, n))),
        lambda opening, n: written(opening) + written(new(opening, n)),
        lambda opening, n: written(opening[:-1]) + written(new(opening, n)),
        lambda opening, n: written(opening) + written(new(opening, n - len(opening))),
        lambda opening, n: new(opening, n - 1),
        lambda opening, n: new(opening, n + 1),
        lambda opening, n: print(written(new(opening, n))),
        lambda opening, n: print(written(opening) + written(new(opening, n))),
        lambda opening, n: print(f"----\n {written(new(opening, n))} \n----"),
    ],
)
def test_results_are_understood_in_every_form(call):
    drawing = Drawing(call, "abcd", OPENINGS)
    assert drawing.rows([1, 2, 3, 0, 1, 1], 3, 9).tolist() == [new([1, 2], 9)] * 3
    assert not drawing.blank
    assert not drawing.constant


@pytest.mark.parametrize(
    ("call", "length"),
    [
        (new, 16),
        (lambda opening, n: written(opening) + written(new(opening, n)), 20),
        (lambda opening, n: new(opening, n - 1), 15),
        (lambda opening, n: print(written(new(opening, n))), 0),
    ],
)
def test_lengths_are_told_as_they_are(call, length):
    drawing = Drawing(call, "abcd", OPENINGS)
    assert drawing.asked == 16
    assert drawing.length.item() == length


def test_prints_that_are_no_result_go_to_a_person():
    with pytest.raises(CannotTell, match="returns None and prints"):
        Drawing(lambda opening, n: print("drawing", n, "symbols"), "abcd", OPENINGS)


def test_nothing_and_always_the_same_are_seen():
    assert Drawing(lambda opening, n: None, "abcd", OPENINGS).blank
    assert Drawing(lambda opening, n: [2] * n, "abcd", OPENINGS).constant


@pytest.mark.parametrize("result", [{"a": 1}, "xyz", 3.5, [0.5, 1.5], object()])
def test_what_holds_no_symbols_is_handed_on(result):
    drawing = Drawing(lambda opening, n: result, "abcd", OPENINGS)
    assert drawing.rows([0], 2, 3) is result


def test_reseeding_has_no_effect_for_a_while():
    def draw():
        np.random.seed(1)
        random.seed(1)
        torch.manual_seed(1)
        return np.random.random(), random.random(), torch.rand(()).item()

    with reseeding_ignored():
        first, second = draw(), draw()
    assert all(a != b for a, b in zip(first, second, strict=True))
    assert draw() == draw()
