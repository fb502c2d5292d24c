"""Read a TOML file into one of the model's types; what is wrong is told in one line: file, key, fix."""

import difflib
import tomllib
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

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
        raise CourseError(f"{shown_as}: {_first_problem(error, model)}") from error


def _first_problem(error: ValidationError, model: type[BaseModel]) -> str:
    problem = error.errors(include_url=False)[0]
    location = problem["loc"]
    key = _key_path(location)
    match problem["type"]:
        case "extra_forbidden":
            return f"{key}: unknown key; {_nearest_key(str(location[-1]), _model_at(model, location[:-1]))}"
        case "missing":
            return f"{key}: this key is required; add it"
        case "value_error":
            return f"{key}: {problem['ctx']['error']}" if key else str(problem["ctx"]["error"])
        case _:
            return f"{key}: {problem['msg'][:1].lower()}{problem['msg'][1:]}, but it is {problem['input']!r:.80}"


def _key_path(location: tuple[int | str, ...]) -> str:
    """`criteria[2].weight`, counted from 1 as a person counts the tables in the file."""
    path = ""
    for step in location:
        path += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return path.removeprefix(".")


def _nearest_key(key: str, model: type[BaseModel]) -> str:
    known = list(model.model_fields)
    nearest = difflib.get_close_matches(key, known, n=1)
    return f"did you mean `{nearest[0]}`?" if nearest else f"known keys here: {', '.join(known)}"


def _model_at(model: type[BaseModel], location: tuple[int | str, ...]) -> type[BaseModel]:
    """The model that describes the table at `location`: a field's own type, or the type of its elements."""
    for step in location:
        if isinstance(step, str):
            model = _model_inside(model.model_fields[step].annotation)
    return model


def _model_inside(annotation: Any) -> type[BaseModel]:
    candidates = (annotation, *get_args(annotation))
    return next(c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel))
