"""An exercise's rubric as data, read from `rubrics/<topic>/<exercise>.toml`; unknown keys are errors.

Here stands what all criteria have. The kinds of check, each with its own keys, are the judge's.
"""

import re
from pathlib import PurePosixPath
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


def _compiled(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
    return pattern


def _inside(path: str) -> str:
    steps = PurePosixPath(path)
    if steps.is_absolute() or ".." in steps.parts or not steps.parts or "\\" in path or ":" in path:
        raise ValueError(f"{path!r} leads out of its folder; name a file in it")
    return path


PathInside = Annotated[str, AfterValidator(_inside)]  # of a folder: a course may come from anywhere
Pattern = Annotated[str, AfterValidator(_compiled)]
ExerciseId = Annotated[str, Field(pattern=r"^[a-z0-9_]+/[a-z0-9_]+$")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Criterion(Strict):
    """One thing that must be so, judged by one check over some of the exercise's cases."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str  # what must be so, as the student reads it: "forward gives the reference's values"
    check: str  # the kind of check: "value_matches"
    weight: float = Field(default=1.0, gt=0)
    cases: tuple[str, ...] = ()  # empty: every case
    requires: tuple[str, ...] = ()  # criteria that must pass first; else this one is blocked
    values_if: str | None = None  # compare values only where that criterion passed, else those of `always` alone
    always: tuple[str, ...] = ()  # further tensors, names or globs, whose values must be right in any case
    hint: str = ""  # general advice where no known mistake is recognised

    def looks_at(self, case: str) -> bool:
        return not self.cases or case in self.cases


C_co = TypeVar("C_co", bound=Criterion, covariant=True)


class ExerciseRubric(Strict, Generic[C_co]):
    """What an exercise asks for: the name to define, and its criteria."""

    title: str
    kind: Literal["code", "answers"] = "code"  # answers stand in the section of `answers.toml` with the exercise's name
    entry: str = Field(pattern=r"^[A-Za-z_]\w*$")  # the name a student defines
    aliases: tuple[str, ...] = ()
    also: tuple[str, ...] = ()  # names of the same file that the probe looks at too
    data: tuple[PathInside, ...] = ()  # files of fixtures/<topic>/<exercise>/data/ that stand in the working folder
    timeout_s: float = Field(default=30.0, gt=0)  # loading the student's code and all cases together
    files: tuple[str, ...] = ()  # name patterns of files that usually define it: "net*.py"
    until: Pattern = ""  # in a notebook, from the first cell that has it on, another task may use the names anew
    builds_on: tuple[ExerciseId, ...] = ()  # a defect there is not charged here: given.py stands in
    released: bool = True  # False: no release to students holds it, as its probe gives hidden tests away
    dialects: dict[str, str] = Field(default_factory=dict)  # recorded dialect id -> words for the report
    criteria: tuple[C_co, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _answers_have_one_name(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("kind") == "answers":
            return {"entry": "answers", "files": ["*.toml"], **given}
        return given

    @model_validator(mode="after")
    def _references_exist(self) -> "ExerciseRubric[C_co]":
        ids = [c.id for c in self.criteria]
        if len(set(ids)) != len(ids):
            raise ValueError("criterion ids must be unique")
        for position, c in enumerate(self.criteria):
            for other in (*c.requires, *((c.values_if,) if c.values_if else ())):
                if other not in ids[:position]:
                    raise ValueError(f"criterion {c.id!r} refers to {other!r}, which is no criterion before it")
        return self
