"""An assignment's rubric as data: marks for exercises and written questions, letters, lateness, the handout's files.

Read from `rubrics/<assignment>.toml`; unknown keys are errors.
"""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, field_validator, model_validator

from grader.model.rubric import ExerciseId, PathInside, Pattern, Strict

_UNIT = 1_000_000  # marks are counted in millionths

Percent = Annotated[float, Field(ge=0, le=100)]


class Item(Strict):
    """A share of a part's marks that an exercise decides."""

    exercise: ExerciseId
    marks: float = Field(gt=0)
    dialect: str | None = None  # a glob: where given, other dialects are told that this one is asked for


class Part(Strict):
    """A leaf of the assignment: marks from exercises, and the rest from a person."""

    id: str
    title: str
    marks: float = Field(gt=0)
    bonus: bool = False  # earned on top of the assignment's `marks`
    items: tuple[Item, ...] = ()
    guide: str = ""  # marking guide for the person; required where items do not cover the marks

    @property
    def person_marks(self) -> float:
        return round(self.marks - sum(i.marks for i in self.items), 6)

    @model_validator(mode="after")
    def _marks_add_up(self) -> Self:
        if self.person_marks < 0:
            raise ValueError(f"part {self.id!r}: its items have more marks than the part's {self.marks:g}")
        if self.person_marks > 0 and not self.guide:
            raise ValueError(f"part {self.id!r}: {self.person_marks:g} marks are a person's: give a `guide`")
        if repeated := _first_repeated(item.exercise for item in self.items):
            raise ValueError(f"part {self.id!r}: has the exercise {repeated!r} twice; put its marks into one item")
        return self


class Section(Strict):
    """A heading over the parts below `id` (1.2 holds 1.2(a) and 1.2.1); `marks` is checked against their sum."""

    id: str
    title: str
    marks: float

    def holds(self, part: Part) -> bool:
        return part.id == self.id or part.id.startswith((self.id + ".", self.id + "("))

    def sum_of(self, parts: Iterable[Part]) -> float:
        return sum(part.marks for part in parts if self.holds(part) and not part.bonus)


class HandoutFile(Strict):
    """One file of the handout, generated from the solutions of these exercises, in order."""

    path: PathInside
    exercises: tuple[ExerciseId, ...]
    given: tuple[ExerciseId, ...] = ()  # those of them that students get with the solution in
    frame: str | None = Field(default=None, pattern=r"^[a-z0-9_]+$")  # solutions/notebooks/<frame>.py: what is around

    @property
    def to_write(self) -> tuple[str, ...]:
        """The exercises of this file that students write."""
        return tuple(id_ for id_ in self.exercises if id_ not in self.given)

    @model_validator(mode="after")
    def _gives_its_own(self) -> Self:
        if strange := [id_ for id_ in self.given if id_ not in self.exercises]:
            raise ValueError(f"{self.path}: gives {strange[0]!r}, which is none of its `exercises`; add it there")
        return self


class LatePolicy(Strict):
    """What handing in late costs."""

    percent_a_day: Percent  # of the marks earned, for each day begun that no day of grace covers
    grace_days: int = Field(default=0, ge=0)  # of each student, for the whole course
    grace_is_automatic: bool = True  # late days use up grace by themselves; else where the student asks for it
    due: AwareDatetime | None = None  # with its offset from UTC: 2019-11-23T23:59:00+05:30


class AssignmentRubric(Strict):
    """Parts, marks, exercises and written questions of one assignment."""

    title: str
    marks: float = Field(gt=0)  # without the bonus parts
    scale_to: float | None = Field(default=None, gt=0)  # report so many marks in all in place of `marks`
    letters: dict[str, Percent] = Field(default_factory=dict)  # grade -> the least percentage that earns it
    late: LatePolicy | None = None
    claims_percent: Percent = 15  # so many of the automatic marks may rest on claims; `grade audit` fails above
    hand_in: str = ""  # what to hand in and under which name, in words for the student
    archives: tuple[Pattern, ...] = ()  # regular expressions of archive names (without suffix)
    files: tuple[str, ...] = ()  # name patterns of files that identify this assignment
    original: tuple[str, ...] = ()  # paths in the course: notebooks, modules, zips, folders that students were given
    sections: tuple[Section, ...] = ()
    parts: tuple[Part, ...] = Field(min_length=1)
    handout: tuple[HandoutFile, ...] = ()

    @property
    def exercises(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(item.exercise for part in self.parts for item in part.items))

    @property
    def bonus(self) -> float:
        """Marks that can be earned on top of `marks`."""
        return round(sum(part.marks for part in self.parts if part.bonus), 6)

    def scaled(self) -> "AssignmentRubric":
        """The rubric with every mark multiplied so that `marks` becomes `scale_to`; itself where that is not given.

        Parts and items stand on one line from 0 to `marks`, and on another that begins there for the bonus. Their
        ends are rounded to millionths, so that items still add up to their part and parts to the whole exactly.
        """
        if self.scale_to is None:
            return self
        factor = Fraction(self.scale_to) / Fraction(self.marks)
        ordered = sorted(self.parts, key=lambda part: part.bonus)
        starts = accumulate((millionths(part.marks) for part in ordered), initial=Fraction(0))
        scaled = {part.id: _scaled_part(part, factor, start) for part, start in zip(ordered, starts, strict=False)}
        parts = tuple(scaled[part.id] for part in self.parts)
        sections = tuple(section.model_copy(update={"marks": section.sum_of(parts)}) for section in self.sections)
        return self.model_copy(update={"marks": self.scale_to, "scale_to": None, "parts": parts, "sections": sections})

    @field_validator("original", mode="before")
    @classmethod
    def _one_or_several(cls, original: object) -> object:
        return [original] if isinstance(original, str) else original

    @field_validator("letters")
    @classmethod
    def _fall(cls, letters: dict[str, float]) -> dict[str, float]:
        thresholds = list(letters.values())
        if letters and (thresholds[-1] != 0 or any(below >= above for above, below in pairwise(thresholds))):
            raise ValueError(
                "write the best letter first, thresholds falling, and the last one 0, so that all scores have one"
            )
        return letters

    @model_validator(mode="after")
    def _ids_are_unique_and_marks_add_up(self) -> Self:
        for what, ids in (("part", [p.id for p in self.parts]), ("section", [s.id for s in self.sections])):
            if repeated := _first_repeated(ids):
                raise ValueError(f"two {what}s have the id {repeated!r}; give one of them another")
        total = sum(p.marks for p in self.parts if not p.bonus)
        if abs(total - self.marks) > 1e-6:
            raise ValueError(f"the parts have {total:g} marks together, `marks` says {self.marks:g}")
        for section in self.sections:
            if abs((inside := section.sum_of(self.parts)) - section.marks) > 1e-6:
                raise ValueError(f"section {section.id!r}: its parts have {inside:g} marks, it says {section.marks:g}")
        return self


def portions(lengths: Iterable[Fraction], factor: Fraction, start: Fraction = Fraction(0)) -> list[float]:
    """Each of these lengths times `factor`, in marks; they lie end to end from `start`, and ends are whole millionths.

    So they add up exactly, whatever the factor, to what lies between the first end and the last.
    """
    ends = [round(end * factor) for end in accumulate(lengths, initial=start)]
    return [(end - begin) / _UNIT for begin, end in pairwise(ends)]


def millionths(marks: float) -> Fraction:
    return Fraction(round(marks * _UNIT))


def _scaled_part(part: Part, factor: Fraction, start: Fraction) -> Part:
    own = portions((millionths(item.marks) for item in part.items), factor, start)
    items = tuple(item.model_copy(update={"marks": marks}) for item, marks in zip(part.items, own, strict=True))
    (marks,) = portions([millionths(part.marks)], factor, start)
    return part.model_copy(update={"marks": marks, "items": items})


def _first_repeated(ids: Iterable[str]) -> str | None:
    return next((id_ for id_, times in Counter(ids).items() if times > 1), None)
