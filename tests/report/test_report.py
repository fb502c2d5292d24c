"""Reports: numbers that add up, all that a student needs, and nothing of a submission that acts on the terminal."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from rich.cells import cell_len

from grader.model.report import LEFT_OUT, CriterionReport, PartReport, Refusal, Report, Reports, Seconds, Status
from grader.report.as_json import JsonOfSeveral, to_json
from grader.report.layout import Screen, wrapped
from grader.report.plain import LONGEST, line, plain
from grader.report.summary import Shown
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


def printed(shown: Report, width: int = 80, terminal: bool = False, full: bool = True) -> str:
    file = io.StringIO()
    print_report(shown, Screen(file, width, "standard" if terminal else None), full=full)
    return file.getvalue()


def brief(shown: Report) -> str:
    return flat(printed(shown, full=False))


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
    document = json.loads(to_json(Reports(reports=(report(part(PASSED)),), refused=(refused,))))
    assert document["schema"] == 1
    assert [r["submission"] for r in document["reports"]] == ["cs01_Assign4"]
    assert document["refused"] == [{"submission": "b.zip", "error": "b.zip: is no zip archive", "exit_status": 1}]


@pytest.mark.parametrize("graded", [0, 1, 3])
@pytest.mark.parametrize("count", [0, 2])
def test_reports_written_as_they_come_are_the_same_json(graded, count):
    reports = tuple(report(part(PASSED), submission=f"s{number}") for number in range(graded))
    refused = tuple(Refusal(submission=f"r{n}", error='says "reports": []', exit_status=1) for n in range(count))
    written: list[str] = []
    stream = JsonOfSeveral(written.append)
    for number, one in enumerate(reports, start=1):
        stream.add(one)
        assert f'"submission": "s{number - 1}"' in written[-1]
    stream.close(refused)
    assert "".join(written) == to_json(Reports(reports=reports, refused=refused))


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


def test_score_and_parts_come_first_then_what_lost_marks_then_what_waits():
    text = printed(report(part(PASSED, FAILED), person("1.3")), full=False)
    order = ["score", "part  ", "What lost marks", MESSAGE[:20], "Waits for a person", "isolation", "time"]
    assert sorted(order, key=text.index) == order
    rows = [flat(row) for row in text.splitlines()]
    assert rows[rows.index("part title marks waits") :][:3] == [
        *("part title marks waits", "1.2(a) Softmax 0.5/1", "1.3 Describe 1")
    ]


def test_only_what_lost_marks_is_told_of_a_part_unless_all_is_asked_for():
    shown = report(part(PASSED, FAILED))
    assert "✗ failed large logits 0/0.5" in brief(shown)
    assert "✓" not in brief(shown)
    assert "✓ passed builds 0.5/0.5" in flat(printed(shown, full=True))
    assert "What lost marks" not in brief(report(part(PASSED)))


def test_what_was_not_attempted_is_one_line_for_each_exercise():
    missing = [criterion(Status.NOT_ATTEMPTED, title=f"claim {n}", message=f"no file, {n}") for n in range(3)]
    other = criterion(Status.NOT_ATTEMPTED, title="one alone", exercise="conv/own", message="not there")
    text = brief(report(part(*missing, other, PASSED)))
    assert "– not attempted 3 criteria 0/1.5 no file, 0 conv/own – not attempted one alone 0/0.5 not there" in text
    assert "no file, 1" not in text
    assert "– not attempted claim 1 0/0.5 no file, 1" in flat(printed(report(part(*missing)), full=True))


def test_what_waits_is_told_once_for_each_reason():
    unclear = criterion(Status.NEEDS_PERSON, message="cannot tell how to call it")
    ours = criterion(Status.GRADER_ERROR, message="the grader failed here")
    text = brief(report(part(PASSED, unclear), person("1.3"), person("1.4", 2.0), part(ours, id="2")))
    waits = text[text.index("Waits for a person") : text.index(" isolation")]
    assert waits == (
        "Waits for a person 0.5 marks cannot tell how to call it: 1.2(a) 3 marks for a person to mark: 1.3, 1.4 "
        "0.5 marks the grader failed here: 2"
    )


@pytest.mark.parametrize("full", [False, True])
def test_of_a_run_with_only_some_exercises_nothing_else_is_listed(full):
    asked = criterion(Status.PASSED, earned=0.5, exercise="conv/own")
    left_out = criterion(Status.NEEDS_PERSON, id="left-out", message=LEFT_OUT)
    mixed = part(asked, left_out, person("x").criteria[0], title="Mixed")
    text = flat(printed(report(mixed, part(left_out, id="1.3"), person("1.4")), full=full))
    assert text.startswith(
        "a4 · cs01_Assign4 score 0.5 of 0.5 marks graded here pending 1 mark waits for a person; 3.5 in all "
        "left out 2 marks (--only); 3.5 in all part title marks waits 1.2(a) Mixed 0.5/0.5 1"
    )
    assert "1.3" not in text.replace("1.23 s", "")
    assert "1.4" not in text


def test_what_asks_for_nothing_lists_every_part():
    assert "1.4 Describe 1" in brief(report(part(PASSED), person("1.4")))


def test_header_and_footer_tell_where_it_ran_and_what_it_sums_to():
    text = flat(printed(report(part(PASSED, FAILED), person("1.3"), notes=("a4.zip: one file skipped",))))
    score = "score 0.5 of 1 mark graded here pending 1 mark waits for a person; 2 in all"
    time = "time 1.23 s (sandbox start 0.50 s, submission 0.25 s) note a4.zip: one file skipped"
    assert text.startswith(f"a4 · cs01_Assign4 {score} part title")
    assert text.endswith(f"isolation namespaces device cpu course /course (00000000) {time}")


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
    [(("B",), "grade B part"), (("A", "B", "C"), "grade C to A, by what a person gives part"), ((), "here part")],
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


def test_colour_only_on_a_terminal():
    assert "\x1b[1ma4 · cs01_Assign4\x1b[0m" in printed(report(part(PASSED)), terminal=True)
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


GRADED = report(part(PASSED, FAILED), person("2"), letters=("A", "B"), notes=("of all",))
REFUSED = Refusal(submission="b.zip", error="b.zip: is no zip archive", exit_status=1)


def shown_of(*outcomes: Report | Refusal, names: list[str] | None, full: bool = False, width: int = 100) -> str:
    file = io.StringIO()
    shown = Shown(Screen(file, width), names, ["a4"], full=full)
    for outcome in outcomes:
        shown.add(outcome) if isinstance(outcome, Report) else shown.refuse(outcome.submission, outcome.error)
    shown.close()
    return file.getvalue()


def test_several_submissions_are_a_table_with_a_line_each():
    other = GRADED.model_copy(update={"notes": ("of all", "of this one"), "letters": ("A",)})
    rows = [
        " ".join(row.split()) for row in shown_of(GRADED, REFUSED, other, names=["cs01_Assign4", "b", "c"]).splitlines()
    ]
    assert rows == [
        "submission assignment score of waits seconds grade",
        "cs01_Assign4 a4 0.5 1 1 1.23 B–A",
        "b.zip not graded: b.zip: is no zip archive",
        "cs01_Assign4 a4 0.5 1 1 1.23 A",
        *("", "in all 2 graded, 1 not", "note of all"),
    ]


def test_several_in_full_are_their_reports_and_then_the_table():
    text = shown_of(GRADED, REFUSED, names=["a", "b"], full=True)
    assert text.index("a4 · cs01_Assign4") < text.index("✓ passed") < text.index("submission  ")
    assert "b.zip       not graded" in text


def test_one_submission_has_no_table_of_submissions():
    text = shown_of(GRADED, names=None)
    assert "a4 · cs01_Assign4" in text
    assert "submission  " not in text
    assert shown_of(REFUSED, names=None) == ""


@pytest.mark.parametrize("name", ["Zoë_" * 30, "学生" * 40])
def test_a_long_name_is_broken_where_the_table_is_too_narrow(name):
    text = shown_of(GRADED.model_copy(update={"submission": name}), names=[name, "b"], width=80)
    assert max(map(cell_len, text.splitlines())) <= 80
    assert name in "".join(text.split())[: len(text)].replace("a40.5111.23B–A", "")


@given(st.text(alphabet="ab 学\n", max_size=60), st.integers(min_value=1, max_value=20))
def test_wrapped_text_fits_and_loses_nothing(text, width):
    lines = wrapped(text, width)
    assert all(cell_len(shown) <= max(width, 2) for shown in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
