"""Rubrics as data: an exercise's criteria, and an assignment's marks for exercises and written questions.

Read from TOML (`rubrics/<topic>/<exercise>.toml`, `rubrics/<assignment>.toml`); unknown keys are errors.
"""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

ExerciseId = Annotated[str, Field(pattern=r"^[a-z0-9_]+/[a-z0-9_]+$")]
CheckName = Literal["shape_matches", "value_matches", "gradient_matches", "fact_matches", "stays_equal"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Criterion(Strict):
    """One claim about the exercise, judged by one check over some of its cases."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str  # the claim, as the student reads it: "forward gives the reference's values"
    check: CheckName
    weight: float = Field(default=1.0, gt=0)
    cases: tuple[str, ...] = ()  # empty: every case
    tensors: tuple[str, ...] = ()  # names or globs: "output", "gradient.*"
    facts: tuple[str, ...] = ()  # for fact_matches; value_matches compares them too
    pairs: tuple[tuple[str, str], ...] = ()  # for stays_equal: (seen tensor, seen tensor or case input)
    requires: tuple[str, ...] = ()  # criteria that must pass first; else this one is blocked
    values_if: str | None = None  # compare values only where that criterion passed, else shapes alone
    hint: str = ""  # general advice where no known mistake is recognised

    @model_validator(mode="after")
    def _has_a_subject(self) -> "Criterion":
        needed = {"fact_matches": "facts", "stays_equal": "pairs"}.get(self.check, "tensors")
        if not getattr(self, needed):
            raise ValueError(f"check {self.check!r} needs a non-empty `{needed}`")
        return self


class ExerciseRubric(Strict):
    """What an exercise asks for: the name to define, and its criteria."""

    title: str
    entry: str = Field(pattern=r"^[A-Za-z_]\w*$")  # the name a student defines
    aliases: tuple[str, ...] = ()
    also: tuple[str, ...] = ()  # names of the same file that the probe looks at too
    data: tuple[str, ...] = ()  # files of fixtures/<topic>/<exercise>/data/ that stand in the working folder
    timeout_s: float = Field(default=30.0, gt=0)  # the student's code, all cases together
    files: tuple[str, ...] = ()  # name patterns of files that usually define it: "unet*.py"
    builds_on: tuple[ExerciseId, ...] = ()  # a defect there is not charged here: the probe's GIVEN stands in
    dialects: dict[str, str] = Field(default_factory=dict)  # recorded dialect id -> words for the report
    criteria: tuple[Criterion, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _references_exist(self) -> "ExerciseRubric":
        ids = [c.id for c in self.criteria]
        if len(set(ids)) != len(ids):
            raise ValueError("criterion ids must be unique")
        for position, c in enumerate(self.criteria):
            for other in (*c.requires, *((c.values_if,) if c.values_if else ())):
                if other not in ids[:position]:
                    raise ValueError(f"criterion {c.id!r} refers to {other!r}, which is no criterion before it")
        return self


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
    items: tuple[Item, ...] = ()
    guide: str = ""  # marking guide for the person; required where items do not cover the marks

    @property
    def person_marks(self) -> float:
        return round(self.marks - sum(i.marks for i in self.items), 6)

    @model_validator(mode="after")
    def _marks_add_up(self) -> "Part":
        if self.person_marks < 0:
            raise ValueError(f"part {self.id!r}: its items have more marks than the part's {self.marks:g}")
        if self.person_marks > 0 and not self.guide:
            raise ValueError(f"part {self.id!r}: {self.person_marks:g} marks are a person's: give a `guide`")
        return self


class Section(Strict):
    """A heading over the parts below `id` (1.2 holds 1.2(a) and 1.2.1); `marks` is checked against their sum."""

    id: str
    title: str
    marks: float

    def holds(self, part: Part) -> bool:
        return part.id == self.id or part.id.startswith((self.id + ".", self.id + "("))


class HandoutFile(Strict):
    """One file of the handout, generated from the solutions of these exercises, in order."""

    path: str
    exercises: tuple[ExerciseId, ...]


class AssignmentRubric(Strict):
    """Parts, marks, exercises and written questions of one assignment."""

    title: str
    marks: float
    hand_in: str = ""  # what to hand in and under which name, in words for the student
    archives: tuple[str, ...] = ()  # regular expressions of archive names (without suffix)
    files: tuple[str, ...] = ()  # name patterns of files that identify this assignment
    sections: tuple[Section, ...] = ()
    parts: tuple[Part, ...] = Field(min_length=1)
    handout: tuple[HandoutFile, ...] = ()

    @property
    def exercises(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(item.exercise for part in self.parts for item in part.items))

    @field_validator("archives")
    @classmethod
    def _compile(cls, archives: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in archives:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
        return archives

    @model_validator(mode="after")
    def _marks_add_up(self) -> "AssignmentRubric":
        total = sum(p.marks for p in self.parts)
        if abs(total - self.marks) > 1e-6:
            raise ValueError(f"the parts have {total:g} marks together, `marks` says {self.marks:g}")
        for section in self.sections:
            inside = sum(p.marks for p in self.parts if section.holds(p))
            if abs(inside - section.marks) > 1e-6:
                raise ValueError(f"section {section.id!r}: its parts have {inside:g} marks, it says {section.marks:g}")
        return self
