"""A course's own process is light: whoever judges kept runs does not wait for torch."""

import pytest

from grader.course.process import CourseProcess, Module
from grader.model.errors import ModuleFaultError


@pytest.mark.linux_sandbox
def test_torch_is_not_in_a_courses_process() -> None:
    process = CourseProcess()
    looks = "import sys\nfound = sorted({name.partition('.')[0] for name in sys.modules} & {'torch', 'numpy'})\n"
    try:
        with pytest.raises(ModuleFaultError, match=r"claims.py, line 3: ValueError: \['numpy'\]$"):
            process.defined(Module("claims.py", f"{looks}raise ValueError(found)\n", ()))
    finally:
        process.close()
