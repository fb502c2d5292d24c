"""An exercise's rubric as data: its criteria. Read from `rubrics/<topic>/<exercise>.toml`; unknown keys are errors."""

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

ExerciseId = Annotated[str, Field(pattern=r"^[a-z0-9_]+/[a-z0-9_]+$")]
DrawCheckName = Literal["draws_possible", "draws_follow", "draws_independent"]
AnswerCheckName = Literal["number_matches", "formula_matches", "table_matches", "choice_matches", "claim_holds"]
CheckName = Literal[
    "shape_matches", "value_matches", "gradient_matches", "fact_matches", "stays_equal", DrawCheckName, AnswerCheckName
]
DRAW_CHECKS: tuple[DrawCheckName, ...] = get_args(DrawCheckName)
ANSWER_CHECKS: tuple[AnswerCheckName, ...] = get_args(AnswerCheckName)
_SUBJECTS = {  # what a check cannot do without; the others look at tensors
    "fact_matches": ("facts",),
    "stays_equal": ("pairs",),
    "draws_follow": ("tensors", "confirmed_by"),
    "draws_independent": ("tensors", "confirmed_by"),
    "number_matches": ("facts",),
    "formula_matches": ("facts", "variables"),
    "table_matches": ("facts", "columns"),
    "choice_matches": ("facts", "words"),
    "claim_holds": ("facts", "claim"),
}


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
    confirmed_by: tuple[str, ...] = ()  # for draws: of each of `tensors` a second, larger sample, in the same order
    requires: tuple[str, ...] = ()  # criteria that must pass first; else this one is blocked
    values_if: str | None = None  # compare values only where that criterion passed, else shapes alone
    words: tuple[str, ...] = ()  # of choices, units and table cells, synonyms together: "pixels|pixel|px"
    tolerance: float = Field(default=0.0, ge=0)  # of numbers, relative
    variables: tuple[str, ...] = Field(default=(), max_length=4)  # of a formula
    columns: tuple[str, ...] = ()  # of a table that are compared together, synonyms together: "filters|number"
    claim: str = ""  # a function of the exercise's claims.py
    hint: str = ""  # general advice where no known mistake is recognised

    @model_validator(mode="after")
    def _has_a_subject(self) -> "Criterion":
        for needed in _SUBJECTS.get(self.check, ("tensors",)):
            if not getattr(self, needed):
                raise ValueError(f"check {self.check!r} needs a non-empty `{needed}`")
        if self.confirmed_by and len(self.confirmed_by) != len(self.tensors):
            raise ValueError("`confirmed_by` must name one larger sample for each of `tensors`")
        return self


class ExerciseRubric(Strict):
    """What an exercise asks for: the name to define, and its criteria."""

    title: str
    kind: Literal["code", "answers"] = "code"  # answers stand in the section of `answers.toml` with the exercise's name
    entry: str = Field(pattern=r"^[A-Za-z_]\w*$")  # the name a student defines
    aliases: tuple[str, ...] = ()
    also: tuple[str, ...] = ()  # names of the same file that the probe looks at too
    data: tuple[str, ...] = ()  # files of fixtures/<topic>/<exercise>/data/ that stand in the working folder
    timeout_s: float = Field(default=30.0, gt=0)  # the student's code, all cases together
    files: tuple[str, ...] = ()  # name patterns of files that usually define it: "net*.py"
    builds_on: tuple[ExerciseId, ...] = ()  # a defect there is not charged here: given.py stands in
    released: bool = True  # False: no release to students holds it, as its probe gives hidden tests away
    dialects: dict[str, str] = Field(default_factory=dict)  # recorded dialect id -> words for the report
    criteria: tuple[Criterion, ...] = Field(min_length=1)

    @property
    def draws(self) -> tuple[str, ...]:
        """Tensors whose values are chance: what draw checks look at."""
        checked = [c for c in self.criteria if c.check in DRAW_CHECKS]
        return tuple(dict.fromkeys(name for c in checked for name in (*c.tensors, *c.confirmed_by)))

    @model_validator(mode="before")
    @classmethod
    def _answers_have_one_name(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("kind") == "answers":
            return {"entry": "answers", "files": ["*.toml"], **given}
        return given

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
