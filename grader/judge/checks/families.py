"""The table of all kinds of check: a rubric may name these."""

from typing import Annotated

from pydantic import Field

from grader.judge.checks.answers.answers import ChoiceMatches, ClaimHolds, FormulaMatches, NumberMatches, TableMatches
from grader.judge.checks.draws import DrawsFollow, DrawsIndependent, DrawsPossible
from grader.judge.checks.noise import NoiseFills, NoiseIsEven, NoiseIsFresh
from grader.judge.checks.recorded import FactMatches, GradientMatches, ShapeMatches, StaysEqual, ValueMatches
from grader.model.rubric import ExerciseRubric

AnyCriterion = Annotated[
    ShapeMatches
    | ValueMatches
    | GradientMatches
    | FactMatches
    | StaysEqual
    | DrawsPossible
    | DrawsFollow
    | DrawsIndependent
    | NoiseFills
    | NoiseIsEven
    | NoiseIsFresh
    | NumberMatches
    | FormulaMatches
    | TableMatches
    | ChoiceMatches
    | ClaimHolds,
    Field(discriminator="check"),
]


class Rubric(ExerciseRubric[AnyCriterion]):
    """What an exercise asks for: the name to define, and its criteria."""
