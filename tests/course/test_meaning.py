"""What exercises a person means by a name."""

import pytest

from grader.course.folder import Course, all_meant, exercises_meant, ids_meant, open_course
from grader.model.errors import CourseError


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("course")
    for id_ in ("conv/own", "conv/unet", "gan/loss", "gan/noise", "vae/loss", "vae/conv", "seg/seg"):
        path = root / "rubrics" / f"{id_}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (root / "rubrics/week-1.toml").touch()
    (root / "fixtures").mkdir()
    return open_course(root)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("conv/unet", ("conv/unet",)),
        ("unet", ("conv/unet",)),
        ("gan", ("gan/loss", "gan/noise")),
        ("noise", ("gan/noise",)),
        ("seg", ("seg/seg",)),
    ],
)
def test_an_id_the_last_part_of_one_and_a_topic_are_understood(
    course: Course, name: str, meant: tuple[str, ...]
) -> None:
    assert exercises_meant(course, name) == meant


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("loss", "'loss' can be gan/loss, vae/loss; give the whole id"),
        ("conv", "'conv' can be vae/conv and the topic conv (conv/own, conv/unet); give the whole id"),
        ("unnet", "did you mean 'unet'?"),
        ("gna", "did you mean 'gan'?"),
        ("conv/unnet", "did you mean 'conv/unet'?"),
        ("xyz", "known: conv/own, conv/unet"),
        ("", "known: conv/own"),
        ("/", "known: conv/own"),
    ],
)
def test_what_cannot_be_meant_is_told_with_what_can(course: Course, name: str, message: str) -> None:
    with pytest.raises(CourseError) as error:
        exercises_meant(course, name)
    assert message in str(error.value)


def test_names_that_overlap_mean_each_exercise_once(course: Course) -> None:
    assert all_meant(course, ["noise", "gan", "conv/own"]) == ["gan/noise", "gan/loss", "conv/own"]


def test_an_assignment_can_be_meant_beside_exercises(course: Course) -> None:
    assert ids_meant(course, ["week-1", "gan", "week-1"]) == ["week-1", "gan/loss", "gan/noise"]
    with pytest.raises(CourseError, match=r"no assignment 'week-2'.*did you mean 'week-1'"):
        ids_meant(course, ["week-2"])
    with pytest.raises(CourseError, match="did you mean 'noise'"):
        ids_meant(course, ["niose"])
