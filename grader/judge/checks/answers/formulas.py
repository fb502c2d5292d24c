"""Formulas in named variables, read by a small parser of our own and compared exactly, in whatever form they stand.

A formula is a quotient of two polynomials with rational coefficients. Reading it adds and multiplies such quotients,
and a limit on their degree and on each number keeps that short, whatever was written. Nothing is evaluated as code.

    sum     = term (("+" | "-") term)*
    term    = factor (("*" | "/" | nothing) factor)*
    factor  = ("+" | "-") factor | power
    power   = atom (("^" | "**") exponent | superscript)*
    atom    = number | variable | "(" sum ")"
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any
from unicodedata import normalize

from grader.model.errors import UnreadableError

LONGEST = 500  # characters
HIGHEST_DEGREE = 12
_DEEPEST = 40  # brackets in brackets
_LARGEST = 10**12  # of a number that is written
_MOST_BITS = 2_000  # of a coefficient that arises

_TOKEN = re.compile(
    r"(?P<number>\d+(?:,\d{3})+(?![\d,.])|\d+(?:\.\d+)?|\.\d+)|(?P<name>[A-Za-z](?:_?[A-Za-z])*)"
    r"|(?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|\*\*|\S"
)
_SAME = str.maketrans("·×∙⋅✕\N{MINUS SIGN}–÷{}", "*****--/()")
_BRACKETS = {"(": ")", "[": "]"}
_IN_TEX = re.compile(r"\\(?P<times>cdot|times)|\\(?:left|right|[,; ])|_\{(?P<index>\w+)\}")


@dataclass(frozen=True)
class _Token:
    kind: str  # "number", "name", "power" (a superscript) or the sign itself; "end"
    text: str
    position: int  # counted from 1


def read_formula(answer: object, variables: Sequence[str]) -> tuple[Any, Any]:
    """Numerator and denominator, polynomials over the rationals. Raises UnreadableError with position and problem."""
    if isinstance(answer, bool) or not isinstance(answer, str | int | float):
        raise UnreadableError(f"is no formula; write one in {', '.join(variables)} as text")
    text = str(answer)
    if len(text) > LONGEST:
        raise UnreadableError(f"has {len(text):,} characters, at most {LONGEST} are read")
    return _Parser(_tokens(_right_side(text), variables), variables).read()


def _right_side(text: str) -> str:
    """`weights = 9 N_{F}` is `9 N_F`; positions stay as they are."""

    def plain(found: re.Match[str]) -> str:
        return (f"_{found['index']}" if found["index"] else "*" if found["times"] else "").ljust(len(found[0]))

    text = _IN_TEX.sub(plain, text)
    left, equals, right = text.partition("=")
    return " " * len(left + equals) + right if equals else text


def _tokens(text: str, variables: Sequence[str]) -> list[_Token]:
    tokens: list[_Token] = []
    for found in _TOKEN.finditer(text.translate(_SAME)):
        position = found.start() + 1
        if found["number"]:
            tokens.append(_Token("number", found[0].replace(",", ""), position))
        elif found["name"]:
            tokens += _names(found[0], variables, position)
        elif found["power"]:
            tokens.append(_Token("power", normalize("NFKC", found[0]), position))
        else:
            tokens.append(_Token("^" if found[0] == "**" else found[0], found[0], position))
    return [*tokens, _Token("end", "", len(text) + 1)]


def _names(run: str, variables: Sequence[str], position: int) -> Iterator[_Token]:
    """A run of letters as variables side by side: NICNF is NIC NF. Case counts only where it tells variables apart."""
    spelt = str.lower if len({name.lower() for name in variables}) == len(variables) else str
    known = {spelt(name.replace("_", "")): name for name in variables}
    if known.keys().isdisjoint({"x", "X"}):
        known["x"] = "*"  # 3x3 is a product
    parts = _split(spelt(run.replace("_", "")), tuple(known))
    if parts is None:
        raise UnreadableError(f"has the unknown name {run[:40]!r} at position {position}; use {', '.join(variables)}")
    for part in parts:
        yield _Token("*" if known[part] == "*" else "name", known[part], position)


@lru_cache(maxsize=256)
def _split(letters: str, names: tuple[str, ...]) -> tuple[str, ...] | None:
    """The letters as names one after another, the longest names first; None where that cannot be done."""
    ways: list[tuple[str, ...] | None] = [()]  # of the first n letters
    for end in range(1, len(letters) + 1):
        fits = (n for n in sorted(names, key=len, reverse=True) if letters.endswith(n, 0, end) and len(n) <= end)
        found = next(((before, n) for n in fits if (before := ways[end - len(n)]) is not None), None)
        ways.append(None if found is None else (*found[0], found[1]))
    return ways[-1]


class _Parser:
    """Reads tokens from the left; values are pairs of polynomials (numerator, denominator)."""

    def __init__(self, tokens: list[_Token], variables: Sequence[str]) -> None:
        from sympy import QQ  # type: ignore[import-untyped, unused-ignore]  # 0.4 s, needed for formulas alone
        from sympy.polys.rings import ring  # type: ignore[import-untyped, unused-ignore]

        self.ring, *generators = ring(list(variables), QQ)
        self.values = dict(zip(variables, generators, strict=True))
        self.left = tokens[::-1]
        self.depth = 0

    @property
    def token(self) -> _Token:
        return self.left[-1]

    def take(self) -> _Token:
        return self.left.pop()

    def read(self) -> tuple[Any, Any]:
        formula = self.sum()
        if self.token.kind != "end":
            raise _unexpected(self.token)
        return formula

    def sum(self) -> tuple[Any, Any]:
        above, below = self.term()
        while self.token.kind in ("+", "-"):
            minus = self.take().kind == "-"
            more, under = self.term()
            more = self.product(-more if minus else more, below)
            above, below = self.product(above, under) + more, self.product(below, under)
        return above, below

    def term(self) -> tuple[Any, Any]:
        above, below = self.factor()
        while self.token.kind in ("*", "/", "number", "name", *_BRACKETS):
            sign = self.take() if self.token.kind in ("*", "/") else self.token
            more, under = self.factor()
            if sign.kind == "/":
                more, under = under, more
            above, below = self.product(above, more), self.product(below, under)
            if not below:
                raise UnreadableError(f"divides by zero at position {sign.position}")
        return above, below

    def factor(self) -> tuple[Any, Any]:
        signs = 0
        while self.token.kind in ("+", "-"):
            signs += self.take().kind == "-"
        above, below = self.power()
        return (-above if signs % 2 else above), below

    def power(self) -> tuple[Any, Any]:
        above, below = self.atom()
        while self.token.kind in ("^", "power"):
            sign = self.take()
            exponent = int(sign.text) if sign.kind == "power" else self.exponent()
            if max(1, _degree(above), _degree(below)) * exponent > HIGHEST_DEGREE:
                raise UnreadableError(f"has too high a power at position {sign.position}")
            if not exponent and not above:
                raise UnreadableError(f"has zero to the power of zero at position {sign.position}")
            above, below = _short(above**exponent), _short(below**exponent)
        return above, below

    def exponent(self) -> int:
        closing = _BRACKETS[self.take().kind] if self.token.kind in _BRACKETS else ""
        token = self.take()
        if token.kind != "number" or not token.text.isdecimal():
            raise UnreadableError(f"has a power at position {token.position} that is no whole number")
        if closing and (end := self.take()).kind != closing:
            raise _unexpected(end)
        return int(token.text)

    def atom(self) -> tuple[Any, Any]:
        token = self.take()
        if token.kind == "name":
            return self.values[token.text], self.ring.one
        if token.kind == "number":
            value = Fraction(token.text)
            if value > _LARGEST:
                raise UnreadableError(f"has too large a number at position {token.position}")
            return self.ring.ground_new(self.ring.domain(value.numerator, value.denominator)), self.ring.one
        if token.kind not in _BRACKETS:
            raise _unexpected(token)
        self.depth += 1
        if self.depth > _DEEPEST:
            raise UnreadableError(f"has too many brackets in brackets at position {token.position}")
        inner = self.sum()
        self.depth -= 1
        if self.take().kind != _BRACKETS[token.kind]:
            raise UnreadableError(f"has a {token.kind!r} at position {token.position} that is not closed")
        return inner

    def product(self, first: Any, second: Any) -> Any:
        if _degree(first) + _degree(second) > HIGHEST_DEGREE:
            raise UnreadableError(f"has a degree above {HIGHEST_DEGREE}")
        return _short(first * second)


def _short(polynomial: Any) -> Any:
    if any(max(abs(c.numerator), c.denominator).bit_length() > _MOST_BITS for c in polynomial.coeffs()):
        raise UnreadableError("has numbers that are too large")
    return polynomial


def _degree(polynomial: Any) -> int:
    """Of all variables together."""
    return max((sum(powers) for powers in polynomial.monoms()), default=0)


def _unexpected(token: _Token) -> UnreadableError:
    if token.kind == "end":
        return UnreadableError("ends too early: something is missing at its end")
    return UnreadableError(f"has {token.text[:1]!r} at position {token.position}, where it cannot stand")
