"""A probe, what its topic shares and its stand-ins: they find each other, and nothing else finds or replaces them."""

import sys
import types
from pathlib import Path

import pytest

from grader.loading.course_material import load_probe_code
from grader.messages.requests import ProbeCode

PROBE = """
from ..probing import NAME


def probe(entry, case, see):
    from ..probing import shared

    return NAME, shared()
"""


def code_of(topic: str, probe: str = PROBE, **more: str) -> ProbeCode:
    files = {f"{topic}/probing.py": f"NAME = {topic!r}\ndef shared():\n    return 'shared by ' + NAME\n"}
    files |= {f"{topic}/one/probe.py": probe}
    return ProbeCode(f"{topic}/one", files | {f"{topic}/one/{name}.py": text for name, text in more.items()})


def load(code: ProbeCode, given: bool = True):
    return load_probe_code(code.exercise, code.parts(given))


def test_topics_side_by_side_each_find_their_own_at_the_top_and_inside_functions():
    first, second = load(code_of("trees")), load(code_of("lakes"))
    assert first.module.probe(None, None, None) == ("trees", "shared by trees")
    assert second.module.probe(None, None, None) == ("lakes", "shared by lakes")


def test_a_students_module_of_the_same_name_is_another_one(monkeypatch):
    students = types.ModuleType("probing")
    students.NAME = "the student's"
    monkeypatch.setitem(sys.modules, "probing", students)
    assert load(code_of("trees")).module.probe(None, None, None) == ("trees", "shared by trees")
    assert sys.modules["probing"] is students
    assert "probe" not in sys.modules


def test_stand_ins_use_the_probe_and_what_the_topic_shares():
    given = "from .probe import probe\nfrom ..probing import NAME\nGIVEN = {'name': NAME, 'probe': probe}\n"
    loaded = load(code_of("trees", given=given))
    assert loaded.given == {"name": "trees", "probe": loaded.module.probe}


def test_stand_ins_travel_only_where_they_are_asked_for():
    code = code_of("trees", given="GIVEN = {'layer': 1}\n")
    assert list(code.parts(given=False)) == ["trees/probing.py", "trees/one/probe.py"]
    assert load(code, given=False).given == {}
    assert list(code.parts(given=True)) == [*code.parts(given=False), "trees/one/given.py"]


def test_the_digest_is_of_every_file_and_its_name():
    code = code_of("trees")
    assert code.digest == code_of("trees").digest
    assert len({code.digest, code_of("lakes").digest, code_of("trees", PROBE + "\n").digest}) == 3
    assert code_of("trees", given="GIVEN = {}").digest != code.digest


def test_a_traceback_names_the_file_as_messages_do_and_the_real_one_where_it_is_at_hand(tmp_path: Path):
    broken = code_of("trees", "def probe(entry, case, see):\n    raise ValueError('here')\n")
    file = tmp_path / "probe.py"
    for loaded, name in (
        (load(broken), "fixtures/trees/one/probe.py"),
        (load_probe_code(broken.exercise, broken.files, {"trees/one/probe.py": file}), str(file)),
    ):
        with pytest.raises(ValueError, match="here") as raised:
            loaded.module.probe(None, None, None)
        assert raised.traceback[-1].frame.code.raw.co_filename == name


def test_a_file_that_did_not_come_along_is_missed():
    code = ProbeCode("trees/one", {"trees/one/probe.py": PROBE})
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'course_[0-9a-f]+\.trees\.probing'"):
        load(code)
