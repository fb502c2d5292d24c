"""Read a TOML file into one of the model's types; what is wrong is told in one line: file, key, fix."""

import difflib
import tomllib
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from grader.model.errors import CourseError

M = TypeVar("M", bound=BaseModel)


def read_toml(path: Path, model: type[M], shown_as: str) -> M:
    """The file's content as `model`.

    `shown_as` is how a message names the file. Raises CourseError for a file that cannot be read, is no TOML,
    or does not fit the model.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CourseError(f"{shown_as}: cannot be read ({error.strerror}); check that the file exists") from error
    except UnicodeDecodeError as error:
        raise CourseError(f"{shown_as}: is not UTF-8 text; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{shown_as}: is no valid TOML: {error}") from error
    try:
        return model.model_validate(content)
    except ValidationError as error:
        # first what is too much: a key that is missing as well is often this one, misspelt
        problems = sorted(error.errors(include_url=False), key=lambda problem: problem["type"] != "extra_forbidden")
        raise CourseError(f"{shown_as}: {_describe(problems[0], model)}") from error


def _describe(problem: ErrorDetails, model: type[BaseModel]) -> str:
    keys, table = _place(problem["loc"], model)
    # `criteria[2].weight`, counted from 1 as a person counts the tables in the file
    key = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in keys).removeprefix(".")
    match problem["type"]:
        case "extra_forbidden":
            known = list(table.model_fields)
            nearest = difflib.get_close_matches(str(keys[-1]), known, n=1)
            advice = f"did you mean `{nearest[0]}`?" if nearest else f"known keys here: {', '.join(known)}"
            return f"{key}: unknown key; {advice}"
        case "missing":
            return f"{key}: this key is required; add it"
        case "union_tag_not_found":
            return f"{key}.{_discriminator(problem)}: this key is required; add it"
        case "union_tag_invalid":
            known, given = problem["ctx"]["expected_tags"], problem["ctx"]["tag"]
            return f"{key}.{_discriminator(problem)}: input should be one of {known}, but it is {given!r:.80}"
        case "value_error":
            return f"{key}: {problem['ctx']['error']}" if key else str(problem["ctx"]["error"])
        case _:
            return f"{key}: {problem['msg'][:1].lower()}{problem['msg'][1:]}, but it is {problem['input']!r:.80}"


def _discriminator(problem: ErrorDetails) -> str:
    """The key that tells which of several kinds of table this is."""
    return str(problem["ctx"]["discriminator"]).strip("'")


def _place(location: tuple[int | str, ...], model: type[BaseModel]) -> tuple[list[int | str], type[BaseModel]]:
    """The keys that lead to a value in the file, and the model that describes the innermost table on the way.

    Where a table may be of several kinds, pydantic's location has the kind after it, which is no key of the file.
    """
    keys: list[int | str] = []
    kinds = [model]
    for step in location:
        if isinstance(step, str) and len(kinds) > 1:
            kinds = [kind for kind in kinds if step in _names_of(kind)]
            continue
        keys.append(step)
        if isinstance(step, str) and step in kinds[0].model_fields:
            kinds = _models_in(kinds[0].model_fields[step].annotation) or kinds
    return keys, kinds[0]


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    """The models that a field's type names, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inside in get_args(annotation) for model in _models_in(inside)]


def _names_of(kind: type[BaseModel]) -> set[object]:
    """What a table of this kind may be called by: the values of its fields that allow some few only."""
    literals = (field.annotation for field in kind.model_fields.values() if get_origin(field.annotation) is Literal)
    return {value for annotation in literals for value in get_args(annotation)}
