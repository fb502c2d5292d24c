"""Formulas in any form: equal where algebra says so, read without being run, refused with the place and the reason."""

import re

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.judge.checks.answers.formulas import HIGHEST_DEGREE, LONGEST, read_formula
from grader.model.errors import UnreadableError

VARIABLES = ("NIC", "NF", "NC")
SYMBOLS = sympy.symbols(VARIABLES)


def same(first: object, second: object, variables: tuple[str, ...] = VARIABLES) -> bool:
    above, below = read_formula(first, variables)
    other_above, other_below = read_formula(second, variables)
    return bool(above * other_below == other_above * below)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("9*(NIC*NF + 4*NF^2)", "9*NIC*NF + 36*NF**2"),
        ("9NF NC", "9*NF*NC"),
        ("9NICNF", "9*NIC*NF"),
        ("3x3xNICxNF", "9*NIC*NF"),
        ("3 × 3 · NF²", "9*NF^2"),
        ("9NF(NIC + 4NF)", "9*NIC*NF + 36*NF^2"),
        ("nf^2 / nf", "NF"),
        ("(2NF)^2", "4*NF*NF"),
        ("weights = 9 NF", "9*NF"),
        ("1,024 NF", "2^10*NF"),
        (r"9 \cdot N_{F}^{2}", "9*NF^2"),
        ("0.5*NF", "NF/2"),
        ("-(NF - NC)", "NC - NF"),
        ("NF^(2)", "NF²"),
        (1600, "1600"),
    ],
)
def test_the_same_in_another_form(written: object, key: str) -> None:
    assert same(written, key)


@pytest.mark.parametrize(
    ("written", "key"),
    [("9*NF^2", "18*NF^2"), ("NF*NC", "NF + NC"), ("2*NF^2", "(2*NF)^2"), ("NF/2*NC", "NF/(2*NC)"), ("NIC", "NC")],
)
def test_another_formula_is_another_one(written: str, key: str) -> None:
    assert not same(written, key)


def test_upper_and_lower_case_differ_only_where_they_tell_variables_apart() -> None:
    assert same("K*h", "k*H", ("K", "H"))
    assert not same("k*H", "K*H", ("k", "K", "H"))


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("9*M", "has the unknown name 'M' at position 3; use NIC, NF, NC"),
        ("9*(NF + NC", "has a '(' at position 3 that is not closed"),
        ("9*NF)", "has ')' at position 5, where it cannot stand"),
        ("9*", "ends too early"),
        ("NF & NC", "has '&' at position 4, where it cannot stand"),
        ("NF^NC", "has a power at position 4 that is no whole number"),
        ("NF^99", "has too high a power at position 3"),
        ("NF/(NC - NC)", "divides by zero at position 3"),
        ("0^0", "has zero to the power of zero at position 2"),
        ("(NC - NC)⁰", "has zero to the power of zero at position 10"),
        ("__import__('os')", "has the unknown name 'import' at position 3"),
        ([9], "is no formula; write one in NIC, NF, NC as text"),
        (True, "is no formula"),
        ("9 * " * LONGEST, "characters, at most 500 are read"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(written: object, problem: str) -> None:
    with pytest.raises(UnreadableError, match=re.escape(problem)):
        read_formula(written, VARIABLES)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("9^9^9^9^9^9", "has numbers that are too large"),
        ("9^999999999", "has too high a power at position 2"),
        ("(" * 400, "has too many brackets in brackets at position 41"),
        ("((((NF+NC+NIC+1)^12)^12)^12)^12", "has too high a power at position 21"),
        ("*".join(["(NF+NC+NIC+1)^6"] * 25), "has a degree above 12"),
        ("+".join(f"1/(NF+{n})" for n in range(45)), "has a degree above 12"),
        ("-" * 499, "ends too early"),
        ("999999999999" * 40, "has too large a number at position 1"),
        ("NF" + "²" * 400, "has too high a power at position 3"),
    ],
)
def test_formulas_that_would_take_hours_are_refused(written: str, problem: str) -> None:
    with pytest.raises(UnreadableError, match=re.escape(problem)):
        read_formula(written, VARIABLES)


# sympy writes random formulas in other forms and is the judge of what is the same

numbers = st.integers(1, 30).map(sympy.Integer)
leaves = numbers | st.sampled_from(SYMBOLS)
formulas = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: pair[0] + pair[1]),
        st.tuples(inner, inner).map(lambda pair: pair[0] - pair[1]),
        st.tuples(inner, inner).map(lambda pair: pair[0] * pair[1]),
        inner.map(lambda value: value**2),
    ),
    max_leaves=5,
).filter(lambda formula: _degree(formula) <= HIGHEST_DEGREE // 2)
rewritings = st.sampled_from([sympy.expand, sympy.factor, sympy.horner, lambda f: f])


def _degree(formula: sympy.Expr) -> int:
    return sympy.Poly(formula, *SYMBOLS).total_degree() if formula.free_symbols else 0


@settings(max_examples=150)
@given(formulas, rewritings, st.sampled_from([" * ", "*", "·"]), st.sampled_from(["**", "^"]))
def test_rewriting_a_formula_changes_nothing(formula: sympy.Expr, rewrite: object, times: str, power: str) -> None:
    written = str(rewrite(formula)).replace("**", power).replace("*", times) if power == "^" else str(rewrite(formula))
    assert same(written, str(formula))


@settings(max_examples=150)
@given(formulas, formulas)
def test_two_formulas_are_the_same_where_their_difference_is_nothing(first: sympy.Expr, second: sympy.Expr) -> None:
    assert same(str(first), str(second)) is bool(sympy.expand(first - second) == 0)


@settings(max_examples=100)
@given(formulas, st.sampled_from(SYMBOLS), st.integers(1, 9))
def test_a_perturbed_formula_is_another_one(formula: sympy.Expr, variable: sympy.Symbol, share: int) -> None:
    assert not same(f"{formula} + {variable}/{share}", str(formula))


@settings(max_examples=300)
@given(st.text(alphabet="0129.,NFICx^*/+-() ²·_=", max_size=40))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    refusal = "read"
    try:
        read_formula(text, VARIABLES)
    except UnreadableError as refused:
        refusal = str(refused)
    assert refusal
    assert "\n" not in refusal
