"""Reports: numbers that add up, all that a student needs, and nothing of a submission that acts on the terminal."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from rich.console import Console

from grader.model.report import CriterionReport, PartReport, Refusal, Report, Seconds
from grader.model.verdict import Status
from grader.report.as_json import reports_to_json, to_json
from grader.report.plain import LONGEST, line, plain
from grader.report.summary import print_summary
from grader.report.terminal import print_report
from tests.builders import COURSE

MESSAGE = 'output[0, 3] is nan; expected 0.0321 (case "spread rows", float32)'
REPRODUCE = 'grade check softmax/rows --case "spread rows, with a name that is longer than a narrow terminal is wide"'


def criterion(status: Status, **changes) -> CriterionReport:
    values = {"id": "values", "title": "large logits", "earned": 0.0, "possible": 0.5, "exercise": "softmax/rows"}
    return CriterionReport(**(values | {"status": status} | changes))


def part(*criteria: CriterionReport, id: str = "1.2(a)", title: str = "Softmax") -> PartReport:
    earned, possible = sum(c.earned for c in criteria), sum(c.possible for c in criteria)
    return PartReport(id=id, title=title, earned=earned, possible=possible, criteria=criteria)


def person(id: str, marks: float = 1.0) -> PartReport:
    asked = CriterionReport(id="person", title="Describe", earned=0, possible=marks, status=Status.NEEDS_PERSON)
    return part(asked, id=id, title="Describe")


def report(*parts: PartReport, **changes) -> Report:
    values = {
        "assignment": "a4",
        "submission": "cs01_Assign4",
        "course": COURSE,
        "isolation": "namespaces",
        "device": "cpu",
        "score": sum(p.earned for p in parts),
        "possible": sum(p.possible for p in parts),
        "pending": sum(p.pending for p in parts),
        "parts": parts,
        "seconds": Seconds(total=1.23456, start=0.5, student=0.25),
    }
    return Report(**(values | changes))


FAILED = criterion(Status.FAILED, message=MESSAGE, hint="subtract each row's own maximum", reproduce=REPRODUCE)
PASSED = criterion(Status.PASSED, id="builds", title="builds", earned=0.5)


def printed(shown: Report, width: int = 80, terminal: bool = False) -> str:
    file = io.StringIO()
    print_report(shown, Console(file=file, width=width, force_terminal=terminal, highlight=False, color_system="auto"))
    return file.getvalue()


def flat(text: str) -> str:
    return " ".join(text.split())


def test_json_names_the_schema_and_every_key():
    document = json.loads(to_json(report(part(PASSED, FAILED), versions={"grader": "1"})))
    assert document["schema"] == 1
    assert set(document) == {
        *(
            "schema",
            "assignment",
            "submission",
            "course",
            "isolation",
            "device",
            "score",
            "possible",
            "bonus",
            "pending",
        ),
        *("pending", "letters", "parts", "notes", "seconds", "versions"),
    }
    assert set(document["parts"][0]) == {"id", "title", "earned", "possible", "bonus", "criteria"}
    assert set(document["parts"][0]["criteria"][0]) == {
        *("id", "title", "earned", "possible", "status", "message", "hint", "exercise", "reproduce", "seconds"),
    }
    assert document["parts"][0]["criteria"][1]["status"] == "failed"
    assert document["seconds"] == {"total": 1.235, "start": 0.5, "student": 0.25}


def test_json_reads_back_as_the_same_report():
    shown = report(part(PASSED, FAILED), person("1.3"), seconds=Seconds(total=1, start=0, student=0))
    assert Report.model_validate_json(to_json(shown)) == shown


def test_json_of_another_schema_is_refused():
    with pytest.raises(ValidationError, match="schema"):
        Report.model_validate_json(to_json(report(part(PASSED))).replace('"schema": 1', '"schema": 2'))


def test_json_of_several_holds_what_was_graded_and_what_was_not():
    refused = Refusal(submission="b.zip", error="b.zip: is no zip archive", exit_status=1)
    document = json.loads(reports_to_json([report(part(PASSED))], [refused]))
    assert document["schema"] == 1
    assert [r["submission"] for r in document["reports"]] == ["cs01_Assign4"]
    assert document["refused"] == [{"submission": "b.zip", "error": "b.zip: is no zip archive", "exit_status": 1}]


def test_bytes_that_are_no_text_are_written_as_escapes():
    shown = report(part(PASSED), submission="caf\udce9")
    assert json.loads(to_json(shown))["submission"] == "caf\\udce9"
    assert "caf\\udce9" in printed(shown)


@pytest.mark.parametrize("width", [80, 200])
def test_a_failed_criterion_shows_what_was_seen_the_hint_and_how_to_see_it_again(width):
    text = printed(report(part(PASSED, FAILED)), width)
    assert "✓ passed builds 0.5/0.5" in flat(text)
    assert "✗ failed large logits 0/0.5" in flat(text)
    assert MESSAGE in flat(text)
    assert "hint: subtract each row's own maximum" in flat(text)
    assert f"reproduce: {REPRODUCE}\n" in text  # on one line, so that it can be copied
    assert all(len(shown) <= width for shown in text.splitlines() if REPRODUCE not in shown)


def test_a_passed_criterion_is_one_line():
    text = printed(report(part(criterion(Status.PASSED, earned=0.5, message="a remark", reproduce="grade check x"))))
    assert "a remark" not in text
    assert "grade check" not in text


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (Status.BLOCKED, "– blocked large logits 0/0.5"),
        (Status.NOT_ATTEMPTED, "– not attempted large logits 0/0.5"),
        (Status.GRADER_ERROR, "? grader's fault large logits 0.5 waiting"),
    ],
)
def test_every_status_has_a_mark_and_words(status, shown):
    assert shown in flat(printed(report(part(criterion(status)))))


def test_what_waits_for_a_person_is_one_line_a_part():
    text = printed(report(part(PASSED), *(person(f"2.{i}", marks=i) for i in range(1, 26))))
    waiting = text[text.index("Waits for a person") :].splitlines()[1:26]
    assert [flat(w) for w in waiting[:2]] == ["2.1 Describe 1 mark", "2.2 Describe 2 marks"]
    assert flat(waiting[-1]) == "2.25 Describe 25 marks"
    assert "a person marks" not in text


def test_an_exercise_left_out_of_the_run_says_so():
    left_out = criterion(Status.NEEDS_PERSON, message="not graded in this run (--only)")
    assert "1.2(a) Softmax – not graded in this run (--only) 0.5 marks" in flat(printed(report(part(left_out))))


def test_header_and_footer_tell_where_it_ran_and_what_it_sums_to():
    text = flat(printed(report(part(PASSED, FAILED), person("1.3"), notes=("a4.zip: one file skipped",))))
    assert text.startswith("a4 · cs01_Assign4 isolation namespaces device cpu")
    assert "score 0.5 of 1 mark graded here pending 1 mark waits for a person; 2 in all" in text
    assert "time 1.23 s (sandbox start 0.50 s, submission 0.25 s) note a4.zip: one file skipped" in text


def test_bonus_marks_are_told_apart_and_come_on_top():
    extra = part(PASSED, id="G", title="Dilation").model_copy(update={"bonus": True})
    text = flat(printed(report(part(PASSED), extra, person("1.3"), possible=1.5, bonus=0.5)))
    assert "G Dilation (bonus) 0.5/0.5 marks" in text
    assert "score 1 of 1 mark graded here pending 1 mark waits for a person; 1.5 in all and 0.5 bonus" in text


def test_bonus_marks_that_wait_say_what_they_are():
    waiting = person("G").model_copy(update={"bonus": True})
    assert "Waits for a person G Describe (bonus) 1 mark" in flat(printed(report(part(PASSED), waiting)))


@pytest.mark.parametrize(
    ("letters", "shown"),
    [(("B",), "grade B time"), (("A", "B", "C"), "grade C to A, by what a person gives time"), ((), "here time")],
)
def test_a_letter_is_shown_or_the_range_that_is_left(letters, shown):
    assert shown in flat(printed(report(part(PASSED), letters=letters)))


def test_a_run_without_a_sandbox_says_so():
    assert "no sandbox" in printed(report(part(PASSED), isolation="none"))
    assert "no sandbox" not in printed(report(part(PASSED)))


def test_neighbours_with_one_reason_are_told_it_once():
    blocked = [criterion(Status.BLOCKED, title=title, message="waits for: builds") for title in ("values", "gradients")]
    other = criterion(Status.BLOCKED, title="sizes", message="waits for: values")
    text = flat(printed(report(part(*blocked, other))))
    assert (
        "– blocked values 0/0.5 – blocked gradients 0/0.5 waits for: builds – blocked sizes 0/0.5 waits for: values"
    ) in text


def test_two_exercises_of_one_part_are_told_apart():
    text = flat(printed(report(part(PASSED, criterion(Status.PASSED, earned=0.5, exercise="conv/own")))))
    assert "softmax/rows ✓ passed builds" in text
    assert "conv/own ✓ passed large logits" in text


def test_colour_only_on_a_terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in printed(report(part(PASSED)), terminal=True)
    assert "\x1b" not in printed(report(part(PASSED)), terminal=False)


def test_markup_and_control_characters_of_a_submission_do_nothing():
    wicked = "[red]\x1b[2J\x07 \u202etxt [/nonsense]"
    shown = report(part(criterion(Status.FAILED, message=wicked, hint=wicked, reproduce=wicked)), notes=(wicked,))
    text = printed(shown.model_copy(update={"submission": wicked}))
    assert text.count(r"[red]\x1b[2J\x07 \u202etxt [/nonsense]") == 5
    assert "\x1b" not in text


@given(st.text())
def test_plain_text_prints_every_character_in_the_open(text):
    assert all(c == "\n" or c.isprintable() or c.isspace() for c in plain(text))
    assert "\n" not in line(text)
    plain(text).encode("utf-8")


def test_plain_text_keeps_what_can_be_read():
    assert plain("größer ✓ 5×5\n\tif x:") == "größer ✓ 5×5\n    if x:"


def test_a_very_long_message_is_cut_and_says_so():
    assert plain("x" * (LONGEST + 1_500)).endswith("x… (1,500 more characters)")


def test_the_summary_has_a_line_for_each_submission():
    file = io.StringIO()
    refused = Refusal(submission="b.zip", error="b.zip: is no zip archive", exit_status=1)
    print_summary(
        [report(part(PASSED, FAILED), person("2"))] * 2, [refused], Console(file=file, width=100, highlight=False)
    )
    assert flat(file.getvalue()).count("cs01_Assign4 a4 0.5 1 1 1.23") == 2
    assert "not graded: b.zip: is no zip archive" in file.getvalue()
