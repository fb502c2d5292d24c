"""The table of a measurement: what was measured, what it should be, and whether it is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line. `ok` is None where a number is only shown."""

    what: str
    measured: str
    golden: str
    ok: bool | None

    def __str__(self) -> str:
        mark = {True: "yes", False: "NO", None: "-"}[self.ok]
        return f"{self.what:<66} {self.measured:>22}   {self.golden:<40} {mark}"


HEADER = f"{'what':<66} {'measured':>22}   {'published/golden':<40} ok"


def near(what: str, measured: float, golden: float, within: float, unit: str = "") -> Row:
    """A number that should be `golden`, give or take `within`; NaN is not."""
    decimals = len(repr(golden).partition(".")[2])
    shown = f"{golden}{unit} ± {within:g}"
    return Row(what, f"{measured:.{decimals}f}{unit}", shown, abs(measured - golden) <= within)


def equal(what: str, measured: int, golden: int) -> Row:
    """A count that should be just this one."""
    return Row(what, str(measured), str(golden), measured == golden)


def at_most(what: str, measured: float, limit: float) -> Row:
    """An error or a deviation that should be small; NaN is not."""
    return Row(what, f"{measured:.2g}", f"at most {limit:g}", measured <= limit)


def claim(what: str, holds: bool, measured: str = "", golden: str = "") -> Row:
    """Something that should be so."""
    return Row(what, measured or ("so" if holds else "not so"), golden or "so", holds)
