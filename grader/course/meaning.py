"""Which exercises a person means: by an id, by the last part of one, or by a topic."""

from collections.abc import Iterable
from difflib import get_close_matches

from grader.course.folder import Course
from grader.model.errors import CourseError


def exercises_meant(course: Course, name: str) -> tuple[str, ...]:
    """The ids that `name` stands for: itself, the one exercise that ends so, or all of the topic with this name.

    Raises CourseError that lists them where several end so, and suggests the nearest name where none is meant.
    """
    if name in course.exercises:
        return (name,)
    of_topic = tuple(id_ for id_ in course.exercises if id_.startswith(f"{name}/"))
    ends_so = tuple(id_ for id_ in course.exercises if id_.endswith(f"/{name}"))
    if of_topic and (not ends_so or ends_so == of_topic):
        return of_topic
    if len(ends_so) == 1 and not of_topic:
        return ends_so
    if ends_so:
        topic = f" and the topic {name} ({', '.join(of_topic)})" if of_topic else ""
        raise CourseError(f"{name!r} can be {', '.join(ends_so)}{topic}; give the whole id")
    raise CourseError(f"no exercise {name!r} in {course.root}; {_suggestion(name, list(course.exercises))}")


def all_meant(course: Course, names: Iterable[str]) -> list[str]:
    """The exercises that these names stand for, each once, in the order given. Raises CourseError."""
    return list(dict.fromkeys(id_ for name in names for id_ in exercises_meant(course, name)))


def ids_meant(course: Course, names: Iterable[str]) -> list[str]:
    """As `all_meant`, where an assignment can be meant as well; an exercise's id is told by the / in it."""
    found: list[str] = []
    for name in names:
        try:
            found += [name] if name in course.assignments else exercises_meant(course, name)
        except CourseError:
            if "/" not in name and get_close_matches(name, list(course.assignments), n=1):
                course.assignment(name)  # raises, and suggests the nearest
            raise
    return list(dict.fromkeys(found))


def _suggestion(name: str, ids: list[str]) -> str:
    """The nearest of the ids, of their last parts and of the topics; all ids where none is near."""
    parts = [] if "/" in name else [part for id_ in ids for part in id_.split("/")]
    nearest = get_close_matches(name, parts, n=1) or get_close_matches(name, ids, n=1)
    return f"did you mean {nearest[0]!r}?" if nearest else f"known: {', '.join(ids) or 'none'}"
