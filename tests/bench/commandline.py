"""What the command line costs beside grading: `python -m tests.bench.commandline [--runs N]`.

Whole processes by wall time; what is imported and printed in a process of its own, so that no import is found done.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.places import SAMPLES

GRADE = str(Path(sys.executable).with_name("grade"))
COMMANDS = ("--help", "-h", "--version", "fixtures -h", "--nonsense", "chek")  # the last two are errors
PRINTING = """
import io, sys, time
from pathlib import Path
import grader.grading.line
started = time.perf_counter()
from grader.report.layout import Screen
from grader.report.terminal import print_report
imported = time.perf_counter()
from grader.model.report import Report
report = Report.model_validate_json(Path(sys.argv[1]).read_text())
begun = time.perf_counter()
print_report(report, Screen(io.StringIO(), 100, "standard"), full=sys.argv[2] == "full")
print((imported - started) * 1e3, (time.perf_counter() - begun) * 1e3)
"""


def command_ms(words: str) -> float:
    started = time.perf_counter()
    subprocess.run([GRADE, *words.split()], capture_output=True, check=False)
    return (time.perf_counter() - started) * 1e3


def printing_ms(report: Path, how: str) -> tuple[float, float]:
    """(imports beyond those of grading, printing) of one report."""
    ended = subprocess.run(
        [sys.executable, "-c", PRINTING, str(report), how], capture_output=True, text=True, check=True
    )
    imported, printed = map(float, ended.stdout.split())
    return imported, printed


def show(name: str, value_ms: float, target_ms: float) -> None:
    print(f"{name:<58} {value_ms:>8.1f} ms   at most {target_ms:g} ms", flush=True)


def main(runs: int) -> None:
    print(f"medians over {runs} runs")
    for words in COMMANDS:
        show(f"grade {words}", statistics.median(command_ms(words) for _ in range(runs)), 150)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        sample = SAMPLES / "cs5370-a4-mixed.zip"
        subprocess.run([GRADE, str(sample), "--json", str(report)], capture_output=True, check=True)
        for how in ("brief", "full"):
            taken = [printing_ms(report, how) for _ in range(runs)]
            show(f"printing a whole assignment's report, {how}", statistics.median(p for _, p in taken), 10)
        show("… and importing what grading has not imported", statistics.median(i for i, _ in taken), 10)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    main(parser.parse_args().runs)
