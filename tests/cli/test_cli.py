"""The command line: which command runs, where output goes, and what each end means as an exit status."""

import contextlib
import errno
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from grader import __version__
from grader.cli import main
from grader.course.folder import open_course
from grader.course.used import is_new
from grader.judge.verdicts import Judgement
from grader.model.errors import GraderError, SandboxFault, SubmissionError, UsageError
from grader.model.report import CourseIdentity, CriterionReport, PartReport, Report, Seconds, Status, Verdict
from tests.builders import without_course

GRADE = Path(sys.executable).parent / "grade"

EXERCISE = """
title = "GELU"
entry = "gelu"
[[criteria]]
id = "values"
title = "values are right"
check = "value_matches"
tensors = ["output"]
"""
ASSIGNMENT = """
title = "Activations"
marks = 1
[[parts]]
id = "1"
title = "GELU"
marks = 1
items = [{ exercise = "activations/gelu", marks = 1 }]
"""


class FakeSandbox:
    def __init__(self, isolation, device, hidden):
        self.isolation, self.device, self.hidden = str(isolation), device, [folder.name for folder in hidden]

    def close(self):
        pass


HIDDEN = ["solutions", "rubrics", "fixtures"]


class FakeGrading:
    """Stands in for the pipeline: remembers what it is asked, and gives a report or an error for each submission."""

    def __init__(self, course, *, sandbox=None, **options):
        self.created.append({"course": course.root, **(vars(sandbox) if sandbox else {}), **options})

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def observe_and_judge(self, path: Path, progress) -> tuple[None, Report]:
        progress(f"fake progress of {path.name}")
        self.graded.append(path)
        if path.name in self.raises:
            raise self.raises[path.name]
        passed = CriterionReport(id="values", title="values are right", earned=1, possible=1, status=Status.PASSED)
        return None, Report(
            assignment="a1",
            submission=path.stem,
            course=CourseIdentity(folder="/course", digest="0" * 64),
            isolation="namespaces",
            device="cpu",
            score=1,
            possible=1,
            pending=0,
            parts=(PartReport(id="1", title="GELU", earned=1, possible=1, criteria=(passed,)),),
            seconds=Seconds(total=1, start=0, student=0),
        )


def fake_module(monkeypatch, name: str, **contents) -> None:
    module = ModuleType(name)
    module.__dict__.update(contents)
    monkeypatch.setitem(sys.modules, name, module)


@pytest.fixture
def course(tmp_path) -> Path:
    root = tmp_path / "course"
    for folder in ("solutions", "rubrics/activations", "fixtures/activations/gelu"):
        (root / folder).mkdir(parents=True)
    (root / "rubrics/activations/gelu.toml").write_text(EXERCISE)
    (root / "rubrics/a1.toml").write_text(ASSIGNMENT)
    (root / "fixtures/activations/gelu/probe.py").write_text("")
    return root


@pytest.fixture
def fake(monkeypatch, course):
    class Fake(FakeGrading):
        created, graded, raises = [], [], {}

    fake_module(monkeypatch, "grader.grading.line", Grading=Fake)
    monkeypatch.setattr("grader.cli.grading.start_sandbox", FakeSandbox)
    monkeypatch.chdir(course)
    monkeypatch.delenv("GRADE_COURSE", raising=False)
    is_new(open_course(course))  # it is not from here on, and nothing is said of it
    return Fake


@pytest.fixture
def grade(monkeypatch, capsys, tmp_path):
    """Run the console script in this process: `grade(*arguments)` -> exit status, standard output, standard error."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = signal.getsignal(signal.SIGTERM)

    def run(*arguments: str) -> SimpleNamespace:
        monkeypatch.setattr(sys, "argv", ["grade", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return SimpleNamespace(status=ended.value.code, out=without_course(captured.out), err=captured.err)

    yield run
    signal.signal(signal.SIGTERM, before)


def test_a_submission_is_graded_without_a_verb(fake, grade, course):
    ended = grade("work.zip")
    assert (ended.status, ended.err) == (0, "")
    assert "a1 · work" in ended.out
    assert fake.graded == [Path("work.zip")]
    assert fake.created == [
        {
            "course": course,
            "isolation": "auto",
            "device": "auto",
            "hidden": HIDDEN,
            "timeout_s": None,
            "only": None,
            "assignment": None,
            "stale_ok": False,
            "handouts": (),
        }
    ]


def test_what_the_sandbox_starts_by_is_light() -> None:
    """It imports torch for most of a second: nothing that takes long may come before."""
    code = "import sys, grader.cli.app; print(sorted({'numpy', 'pydantic', 'IPython'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_options_reach_the_pipeline_before_or_after_the_submission(fake, grade, course):
    options = ["--assignment", "a1", "--course", str(course), "--device", "cpu", "--isolation", "landlock"]
    options += ["--only", "activations/gelu", "--timeout", "2.5"]
    assert grade(*options, "work.zip").status == 0
    assert grade("work.zip", *options).status == 0
    assert fake.created[0] == fake.created[1]
    assert fake.created[0] == {
        "course": course,
        "isolation": "landlock",
        "device": "cpu",
        "hidden": HIDDEN,
        "timeout_s": 2.5,
        "only": frozenset({"activations/gelu"}),
        "assignment": "a1",
        "stale_ok": False,
        "handouts": (),
    }


def test_a_submission_that_is_named_like_a_verb_can_be_given_as_a_path(fake, grade):
    assert grade("./doctor").status == 0
    assert fake.graded == [Path("doctor")]


def test_json_goes_to_a_file_beside_the_report(fake, grade, tmp_path):
    ended = grade("work.zip", "--json", str(tmp_path / "report.json"))
    assert "a1 · work" in ended.out
    document = json.loads((tmp_path / "report.json").read_text())
    assert (document["schema"], document["submission"], document["score"]) == (1, "work", 1.0)


def test_json_on_standard_output_stands_there_alone(fake, grade):
    assert json.loads(grade("work.zip", "--json", "-").out)["submission"] == "work"


def test_a_submission_that_cannot_be_graded_does_not_stop_the_others(fake, grade):
    fake.raises["b.zip"] = SubmissionError("b.zip: is no zip archive")
    ended = grade("a.zip", "b.zip", "c.zip", "--json", "-")
    document = json.loads(ended.out)
    assert ended.status == 1
    assert ended.err == "grade: b.zip: is no zip archive\n"
    assert [r["submission"] for r in document["reports"]] == ["a", "c"]
    assert document["refused"] == [{"submission": "b.zip", "error": "b.zip: is no zip archive", "exit_status": 1}]


def test_several_submissions_are_one_table_in_the_order_given(fake, grade):
    fake.raises["b.zip"] = SubmissionError("is no zip archive")
    ended = grade("a.zip", "b.zip", "c.zip")
    assert [row.split()[0] for row in ended.out.splitlines() if row] == ["submission", "a", "b.zip", "c", "in"]
    assert "b.zip       not graded: b.zip: is no zip archive" in ended.out
    assert "a1 · " not in ended.out
    assert ended.err == "grade: b.zip: is no zip archive\n"


def test_several_in_full_are_reports_and_the_table(fake, grade):
    out = grade("a.zip", "c.zip", "--full").out
    assert out.count("a1 · ") == out.count("✓ passed") == 2
    assert out.index("a1 · c") < out.index("submission  ")


def test_a_folder_of_archives_is_several_submissions(fake, grade, tmp_path):
    folder = tmp_path / "handed in"
    folder.mkdir()
    for name in ("b.zip", "a.zip", "notes.txt"):
        (folder / name).touch()
    ended = grade(str(folder))
    assert fake.graded == [folder / "a.zip", folder / "b.zip"]
    assert (ended.err, ended.out.splitlines()[-1].split()) == ("", ["in", "all", "2", "graded"])


def test_only_takes_a_topic_or_the_last_part_of_an_id(fake, grade):
    for named in ("activations", "gelu", "activations/gelu"):
        assert grade("--only", named, "work.zip").status == 0
    assert [created["only"] for created in fake.created] == [frozenset({"activations/gelu"})] * 3


def test_what_students_get_is_no_course_to_grade_by(fake, grade, course, monkeypatch):
    course.rename(course.parent / ".course")
    monkeypatch.chdir(course.parent)
    ended = grade("work.zip")
    assert (ended.status, fake.graded) == (2, [])
    assert "check your own work with grade check" in ended.err


@pytest.mark.parametrize("words", [["--version"], ["--version", "work.zip"]])
def test_the_version(fake, grade, words):
    assert grade(*words).out == f"grader {__version__}\n"


@pytest.mark.parametrize("words", [[], ["fixtures"], ["fixtures", "build"], ["check"], ["course", "new"], ["work.zip"]])
def test_help_has_a_short_name_everywhere(fake, grade, words):
    ended = grade(*words, "-h")
    assert (ended.status, ended.err) == (0, "")
    assert ended.out == grade(*words, "--help").out
    assert ended.out.startswith("Usage: grade")
    assert "-h, --help" in ended.out


@pytest.mark.parametrize(
    ("words", "meant"),
    [(["chek"], "check"), (["fixture", "build"], "fixtures"), (["Doctor"], "doctor"), (["fixtures", "biuld"], "build")],
)
def test_a_verb_that_is_mistyped_is_suggested(fake, grade, words, meant):
    ended = grade(*words)
    assert (ended.status, fake.graded) == (2, [])
    assert re.search(f"[Dd]id you mean '{meant}'", ended.err)


@pytest.mark.parametrize("word", ["help", "version"])
def test_an_option_that_is_given_as_a_verb_is_suggested(fake, grade, word):
    ended = grade(word)
    assert (ended.status, ended.err) == (2, f"grade: {word}: there is no such file or folder; did you mean --{word}?\n")


def test_a_folder_named_nearly_like_a_verb_is_graded(fake, grade, course):
    (course / "chek").mkdir()
    (course / "chek" / "work.py").touch()
    for words in (["chek"], ["./chek"], ["chek.zip"], ["homework"]):
        assert grade(*words).status == 0
    assert fake.graded == [Path("chek"), Path("chek"), Path("chek.zip"), Path("homework")]


@pytest.mark.parametrize(
    ("error", "status"),
    [(SubmissionError("empty"), 1), (UsageError("which one?"), 2), (SandboxFault("died"), 3), (GraderError("x"), 3)],
)
def test_an_error_of_one_submission_is_one_line_and_its_exit_status(fake, grade, tmp_path, error, status):
    fake.raises["work.zip"] = error
    ended = grade("work.zip", "--json", str(tmp_path / "report.json"))
    assert (ended.status, ended.err, ended.out) == (status, f"grade: work.zip: {error}\n", "")
    assert not (tmp_path / "report.json").exists()


def test_the_worst_status_of_several_is_the_commands(fake, grade):
    fake.raises |= {"a.zip": SandboxFault("died"), "b.zip": SubmissionError("empty")}
    assert grade("a.zip", "b.zip", "c.zip").status == 3


def test_an_unexpected_error_is_our_fault_and_saves_the_traceback(fake, grade, tmp_path):
    fake.raises["work.zip"] = ZeroDivisionError("division by zero")
    ended = grade("work.zip")
    (saved,) = tmp_path.glob("grade-fault-*.txt")
    assert ended.status == 3
    assert ended.err == (
        "grade: work.zip: fault in the grader, not in the submission: ZeroDivisionError: division by zero "
        f"(report this with {saved})\n"
    )
    assert "in observe_and_judge\n" in saved.read_text()


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (PermissionError(errno.EACCES, "Permission denied", "/somewhere/file"), "/somewhere/file: cannot be used"),
        (OSError(errno.EROFS, "Read-only file system", "/somewhere"), "/somewhere: cannot be used (Read-only"),
    ],
)
def test_a_full_disk_or_a_missing_right_is_no_fault_of_the_grader(fake, grade, monkeypatch, tmp_path, error, named):
    def build(course, id_):
        raise error

    fake.raises["work.zip"] = error
    fake_module(monkeypatch, "grader.authoring.handout.handout", build_handout=build)
    for words in (["work.zip"], ["handout", "build"]):
        ended = grade(*words)
        assert (ended.status, ended.err.count("\n")) == (2, 1)
        assert named in ended.err
        assert "fault" not in ended.err
    assert not list(tmp_path.glob("grade-fault-*"))


def test_a_fault_whose_details_cannot_be_saved_is_told_all_the_same(fake, grade, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/proc/no")
    fake.raises["work.zip"] = ZeroDivisionError("division by zero")
    ended = grade("work.zip")
    assert ended.status == 3
    assert "ZeroDivisionError: division by zero (its details cannot be written to /proc/no" in ended.err


def test_grade_debug_shows_the_traceback(fake, grade, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADE_DEBUG", "1")
    fake.raises["work.zip"] = ZeroDivisionError("division by zero")
    assert "Traceback" in grade("work.zip").err
    assert not list(tmp_path.glob("grade-fault-*"))


def test_an_unexpected_error_outside_a_submission_is_our_fault_too(fake, grade, monkeypatch):
    monkeypatch.setattr(fake, "__enter__", lambda self: 1 / 0)
    ended = grade("work.zip")
    assert ended.status == 3
    assert ended.err.startswith("grade: fault in the grader, not in the submission: ZeroDivisionError")


def test_a_sandbox_that_cannot_be_built_is_one_line(fake, grade, monkeypatch):
    def refuse(self):
        raise SandboxFault("no isolation tier holds here; give --isolation none")

    monkeypatch.setattr(fake, "__enter__", refuse)
    ended = grade("work.zip")
    assert (ended.status, ended.err) == (3, "grade: no isolation tier holds here; give --isolation none\n")


def test_an_interrupted_run_ends_with_one_line(fake, grade):
    fake.raises["a.zip"] = KeyboardInterrupt()
    ended = grade("a.zip", "b.zip")
    assert (ended.status, ended.err) == (130, "grade: stopped\n")
    assert fake.graded == [Path("a.zip")]


def test_what_was_graded_before_an_interruption_is_in_the_file(fake, grade, tmp_path):
    fake.raises["b.zip"] = KeyboardInterrupt()
    file = tmp_path / "reports.json"
    assert grade("a.zip", "b.zip", "c.zip", "--json", str(file)).status == 130
    assert [report["submission"] for report in json.loads(file.read_text())["reports"]] == ["a"]


def test_a_terminated_run_leaves_the_pipeline_properly(fake, grade, monkeypatch):
    left = []
    monkeypatch.setattr(fake, "__exit__", lambda self, *error: left.append(error[0]))
    monkeypatch.setattr(fake, "observe_and_judge", lambda self, path, progress: os.kill(os.getpid(), signal.SIGTERM))
    assert grade("work.zip").status == 143
    assert left == [SystemExit]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Missing argument 'SUBMISSION...'"),
        (["--device", "tpu", "w.zip"], "Invalid value for '--device': 'tpu' is not one of 'auto', 'cpu', 'cuda'"),
        (["--isolation", "chroot", "w.zip"], "'chroot' is not one of"),
        (["--nonsense", "w.zip"], "No such option: --nonsense"),
        (["--timeout", "0", "w.zip"], "--timeout 0: give a number of seconds above 0"),
        (["--timeout", "nan", "w.zip"], "--timeout nan: give a number of seconds above 0"),
        (["--only", "activations/gelo", "w.zip"], "did you mean 'activations/gelu'?"),
        (["--assignment", "a9", "w.zip"], "no assignment 'a9'"),
        (["--course", "nowhere", "w.zip"], "is no course folder"),
        (["--json", "nowhere/report.json", "w.zip"], "no file can be written there"),
        (["fixtures"], "Missing command"),
        (["fixtures", "verify", "activations/gelo"], "did you mean 'activations/gelu'?"),
        (["handout", "build", "a9"], "no assignment 'a9'"),
        (["audit", "activations/gelo"], "did you mean 'activations/gelu'?"),
    ],
)
def test_a_command_that_cannot_be_carried_out_is_one_line_and_status_2(fake, grade, arguments, message):
    ended = grade(*arguments)
    assert (ended.status, ended.out) == (2, "")
    assert message in ended.err
    assert ended.err.startswith("grade: ")
    assert ended.err.count("\n") == 1
    assert fake.graded == []


def test_control_characters_in_an_error_do_nothing(fake, grade):
    fake.raises["work.zip"] = SubmissionError("work.zip: \x1b[2J\nholds nothing")
    assert grade("work.zip").err == "grade: work.zip: \\x1b[2J holds nothing\n"


def test_progress_is_shown_on_a_terminal_only(fake, grade, monkeypatch):
    assert grade("work.zip").err == ""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    ended = grade("work.zip")
    assert "fake progress of work.zip" in ended.err
    assert "fake progress" not in ended.out


def test_doctor_shows_tiers_versions_course_and_where_hidden_inputs_come_from(fake, grade, monkeypatch, course):
    findings = [
        SimpleNamespace(name="namespaces", ok=True, detail="holds"),
        SimpleNamespace(name="landlock", ok=False, detail="refused: no permission"),
        SimpleNamespace(name="cuda", ok=None, detail="no device"),
    ]
    fake_module(monkeypatch, "grader.sandbox.doctor", examine=lambda device: findings)
    secret = {"activations/gelu": False}
    monkeypatch.setattr(
        "grader.course.fixtures.read_fixture",
        lambda exercise, which: SimpleNamespace(seed_is_published=secret[exercise.id]),
    )
    ended = grade("doctor")
    assert (ended.status, ended.err) == (0, "")
    shown = " ".join(ended.out.split())
    assert shown.startswith(
        "✓ namespaces holds ✗ landlock refused: no permission – cuda no device – versions Python 3."
    )
    assert ", torch 2." in shown
    assert shown.endswith("✓ fixtures activations/gelu: hidden inputs come from a secret seed")
    assert f"✓ course {course}: a1".replace(" ", "") in ended.out.replace(" ", "").replace("\n", "")
    secret["activations/gelu"] = True
    assert "the published seed, so students can draw them too; before" in " ".join(grade("doctor").out.split())


def test_doctor_says_where_fixtures_are_missing(fake, grade, monkeypatch):
    fake_module(monkeypatch, "grader.sandbox.doctor", examine=lambda device: [])
    ended = grade("doctor")
    assert ended.status == 0
    assert "run: grade fixtures build activations/gelu" in " ".join(ended.out.split())


def test_doctor_of_a_release_asks_for_no_hidden_cases(fake, grade, monkeypatch, course):
    fake_module(monkeypatch, "grader.sandbox.doctor", examine=lambda device: [])
    ended = grade("doctor", "--course", str(course.rename(course.parent / ".course")))
    assert "public cases alone" in ended.out
    assert "no such file" not in ended.out


@pytest.mark.parametrize("found", ["published", "missing"])
def test_doctor_fits_a_screen_whatever_is_true_of_many_exercises(fake, grade, monkeypatch, course, found):
    for number in range(40):
        (course / f"rubrics/activations/gelu{number}.toml").write_text(EXERCISE)
        (course / f"fixtures/activations/gelu{number}").mkdir()
        (course / f"fixtures/activations/gelu{number}/probe.py").touch()
    findings = [SimpleNamespace(name=f"finding {n}", ok=True, detail="holds") for n in range(5)]
    fake_module(monkeypatch, "grader.sandbox.doctor", examine=lambda device: findings)
    if found == "published":
        fixture = SimpleNamespace(seed_is_published=True)
        monkeypatch.setattr("grader.course.fixtures.read_fixture", lambda exercise, which: fixture)
    monkeypatch.setenv("COLUMNS", "100")
    ended = grade("doctor")
    rows = ended.out.splitlines()
    assert len(rows) < 24
    assert max(map(len, rows)) <= 100
    shown = " ".join(ended.out.split())
    assert ("all 41 exercises: hidden inputs" if found == "published" else "and 40 more like this") in shown


def fake_workshop(monkeypatch, **does):
    """`does` says what the methods of a workshop give for an exercise."""

    class Workshop(contextlib.nullcontext):
        def __enter__(self):
            return SimpleNamespace(**does)

    fake_module(monkeypatch, "grader.authoring.workshop", Workshop=Workshop)


def test_fixtures_build_records_every_exercise_where_none_is_named(fake, grade, monkeypatch):
    built = []
    changes = ["activations/gelu: recording it anew changes what chaffs/relu earns from 1 to 2 of 4"]
    fake_workshop(monkeypatch, record=lambda id_, seed: (32.0, built.append(id_) or changes))
    ended = grade("fixtures", "build")
    assert len(built) == 1
    out = "activations/gelu: recorded; tolerance factor 32\n" + changes[0] + "\n"
    assert (ended.status, ended.out) == (0, out)


@pytest.mark.parametrize(
    ("findings", "status", "out"),
    [
        ((), 0, "as recorded: activations/gelu\n"),
        (("activations/gelu: [probe] has changed",), 2, "activations/gelu: [probe] has changed\n"),
    ],
)
def test_fixtures_verify_tells_what_it_found(fake, grade, monkeypatch, findings, status, out):
    fake_workshop(monkeypatch, verify=lambda id_: findings)
    ended = grade("fixtures", "verify", "activations/gelu")
    assert (ended.status, ended.out) == (status, out)


def test_handout_build_names_what_it_wrote(fake, grade, monkeypatch):
    fake_module(
        monkeypatch, "grader.authoring.handout.handout", build_handout=lambda course, id_: (Path(f"{id_}/gelu.py"),)
    )
    ended = grade("handout", "build")
    assert (ended.status, ended.out) == (0, "wrote a1/gelu.py\n")


@pytest.mark.parametrize(
    ("findings", "status", "out"),
    [
        ((), 0, "up to date: a1\n"),
        (("a1/gelu.py: is older",), 2, "a1/gelu.py: is older\na1, untouched handout: earns marks\n"),
    ],
)
def test_handout_verify_tells_what_it_found(fake, grade, monkeypatch, findings, status, out):
    fake_module(monkeypatch, "grader.authoring.handout.handout", verify_handout=lambda course, id_: findings)
    rehearsed = SimpleNamespace(mismatches=("a1, untouched handout: earns marks",) if findings else ())
    fake_module(monkeypatch, "grader.authoring.audit", rehearse=lambda course, id_, grading: rehearsed)
    fake_module(monkeypatch, "grader.authoring.handout.release", given_away=lambda course, id_: [])
    ended = grade("handout", "verify", "a1")
    assert (ended.status, ended.out) == (status, out)


def audited(*rows: tuple[str, str, str, tuple[str, ...]]) -> SimpleNamespace:
    """An audit's table; a row is file, set, a letter for each criterion's status (p, f, b), mismatches."""
    status = {"p": Status.PASSED, "f": Status.FAILED, "b": Status.BLOCKED}
    shown = [
        SimpleNamespace(
            name=name,
            which=which,
            judgement=Judgement(
                tuple(Verdict(f"criterion-{i}", status[s]) for i, s in enumerate(letters)), "reference"
            ),
            mismatches=mismatches,
        )
        for name, which, letters, mismatches in rows
    ]
    all_surprises = tuple(f"activations/gelu {r.name}: {s}" for r in shown for s in r.mismatches)
    return SimpleNamespace(exercise="activations/gelu", rows=shown, mismatches=all_surprises)


def test_audit_prints_a_matrix_of_files_and_criteria(fake, grade, monkeypatch):
    table = audited(
        ("reference", "public", "pp", ()),
        ("chaffs/cubic", "public", "fb", ()),
        ("reference", "hidden", "pp", ()),
        ("chaffs/cubic", "hidden", "fb", ()),
    )
    fake_workshop(monkeypatch, audit=lambda id_: table)
    fake_module(monkeypatch, "grader.authoring.claims", claimed_percent=lambda course, id_: (12.34, ()))
    ended = grade("audit")
    rows = [" ".join(row.split()) for row in ended.out.splitlines()]
    assert ended.status == 0
    assert rows[1:] == [
        *("file set a b", "reference both ✓ ✓ as promised", "chaffs/cubic both ✗ – as promised"),
        *("a criterion-0, b criterion-1", "", "a1: 12.3 % of the automatic marks rest on claims"),
        "as promised: activations/gelu",
    ]


def test_audit_names_what_is_not_as_promised(fake, grade, monkeypatch):
    surprise = "should fail; criterion-0 is passed"
    table = audited(("chaffs/cubic", "public", "f", ()), ("chaffs/cubic", "hidden", "p", (surprise,)))
    fake_workshop(monkeypatch, audit=lambda id_: table)
    fake_module(monkeypatch, "grader.authoring.claims", claimed_percent=lambda course, id_: (20.0, ("a1: too much",)))
    ended = grade("audit")
    rows = [" ".join(row.split()) for row in ended.out.splitlines()]
    assert ended.status == 2
    assert "a1: too much" in rows
    assert rows[2:4] == ["chaffs/cubic public ✗ as promised", "chaffs/cubic hidden ✓ NOT as promised"]
    assert f"activations/gelu chaffs/cubic: {surprise}" in rows
