"""What grading costs: `python -m tests.bench.grading [--runs N]` prints medians, the least of each,
and the targets beside them.

Every figure is taken on whole processes, from outside: the command line as a user starts it.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox.kernel.processes import children_by_parent
from tests.places import ROOT, SAMPLES

SAMPLE, FULL = SAMPLES / "cs5370-a4-mixed.zip", SAMPLES / "cs5370-a4-full.zip"
GRADE = [str(Path(sys.executable).with_name("grade"))]
# Three exercises: a layer and two networks. What the whole assignment costs has figures of its own.
NETWORKS = [text for id_ in ("my_conv2d", "cnn", "unet") for text in ("--only", f"colour/{id_}")]
CLASS_SIZE = 20
WARM_RUNS = 4  # gradings in one run; the first one pays for the start
_SAMPLE_EVERY_S = 0.002


@dataclass
class Usage:
    """Wall time of one command, and what its processes held at most."""

    seconds: float
    judge_mb: float = 0.0
    child_mb: float = 0.0  # private memory of the largest sandboxed child


def run(command: list[str], *, watch: bool = False, status: int = 0) -> Usage:
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    usage = Usage(0.0)
    if watch:
        thread = threading.Thread(target=_watch, args=(process.pid, usage), daemon=True)
        thread.start()
    ended = process.wait()
    usage.seconds = time.perf_counter() - started
    if watch:
        thread.join()
    if ended != status:
        raise SystemExit(f"{' '.join(command)} ended with status {ended}")
    return usage


def _watch(judge: int, usage: Usage) -> None:
    while (peak := _field(f"/proc/{judge}/status", "VmHWM")) is not None:
        usage.judge_mb = max(usage.judge_mb, peak / 1024)
        for pid in _sandboxed(judge):
            private = [_field(f"/proc/{pid}/smaps_rollup", name) for name in ("Private_Clean", "Private_Dirty")]
            usage.child_mb = max(usage.child_mb, sum(value or 0 for value in private) / 1024)
        time.sleep(_SAMPLE_EVERY_S)


def _sandboxed(judge: int) -> list[int]:
    """Submissions' processes: below judge, launcher and zygote (process 1 of the jail)."""
    below = children_by_parent()
    zygotes = [z for launcher in below.get(judge, []) for z in below.get(launcher, [])]
    children = [child for zygote in zygotes for child in below.get(zygote, [])]
    return children + [probe for child in children for probe in below.get(child, [])]


def _field(path: str, name: str) -> float | None:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return None
    return next((float(line.split()[1]) for line in lines if line.startswith(name + ":")), None)


def cold_against_torch(runs: int, *options: str) -> tuple[list[float], list[float], list[float]]:
    """Cold gradings of the README's sample, `import torch`, and the ratios of neighbouring runs."""
    gradings, imports = [], []
    for _ in range(runs):
        imports.append(run([sys.executable, "-c", "import torch"]).seconds)
        gradings.append(run([*GRADE, str(SAMPLE), *options]).seconds)
    return gradings, imports, [grading / torch for grading, torch in zip(gradings, imports, strict=True)]


def warm(runs: int, sample: Path, copies: int, *options: str) -> tuple[list[float], list[float]]:
    """Of gradings after the first in one run: seconds beyond the submission's own computation, and those."""
    seconds = [s for _ in range(runs) for s in graded_together(sample, copies, *options)[1:]]
    return [s["total"] - s["start"] - s["student"] for s in seconds], [s["student"] for s in seconds]


def graded_together(sample: Path, copies: int, *options: str) -> list[dict[str, float]]:
    """The report's `seconds` of each copy, graded in one run."""
    with tempfile.TemporaryDirectory() as folder:
        handed_in = [Path(folder, f"CS{n:03d}_Assign4.zip") for n in range(copies)]
        for path in handed_in:
            shutil.copy(sample, path)
        result = Path(folder, "reports.json")
        run([*GRADE, *map(str, handed_in), *options, "--json", str(result)])
        return [report["seconds"] for report in json.loads(result.read_text())["reports"]]


def memory(runs: int) -> tuple[list[float], list[float]]:
    """The judge's peak and the largest private memory of a child, in MB."""
    usages = [run([*GRADE, str(SAMPLE)], watch=True) for _ in range(runs)]
    return [u.judge_mb for u in usages], [u.child_mb for u in usages]


def printing(runs: int) -> list[float]:
    """Seconds to print a report as a table, once the process has printed one."""
    code = f"""
import io, time
from pathlib import Path
from rich.console import Console
from grader.course.folder import open_course
from grader.grading.line import Grading
from grader.report.terminal import print_report
with Grading(open_course(Path({str(ROOT)!r}))) as grading:
    report = grading.grade(Path({str(SAMPLE)!r}))
for _ in range({runs + 1}):
    started = time.perf_counter()
    print_report(report, Console(file=io.StringIO(), width=110))
    print(time.perf_counter() - started)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return [float(line) for line in done.stdout.split()][1:]


def judging_kept_runs(runs: int) -> list[float]:
    """Seconds that each kept run adds to the first one, which the course is read for."""
    with tempfile.TemporaryDirectory() as folder:
        handed_in = [Path(folder, f"CS{n:03d}_Assign4.zip") for n in range(WARM_RUNS)]
        for path in handed_in:
            shutil.copy(FULL, path)
        kept = Path(folder, "kept")
        keep = [*GRADE, *map(str, handed_in), "--keep", str(kept)]
        subprocess.run(keep, capture_output=True, check=True)
        judge, all_runs = [*GRADE, "judge"], sorted(map(str, kept.iterdir()))
        return [
            (run([*judge, *all_runs]).seconds - run([*judge, all_runs[0]]).seconds) / (len(all_runs) - 1)
            for _ in range(runs)
        ]


def show(name: str, values: list[float] | None, unit: str, target: float | None = None) -> None:
    aim = "" if target is None else f"at most {target:g} {unit}".rstrip()
    if not values:
        print(f"{name:<58} {'not there yet':>26}   {aim}", flush=True)
        return
    scale, digits = (1e3, 0) if unit == "ms" else (1, 0 if unit == "MB" else 2)
    median, least = (f"{value * scale:.{digits}f}" for value in (statistics.median(values), min(values)))
    print(f"{name:<58} {median:>8} (least {least:>6}) {unit:<2}   {aim}", flush=True)


def main(runs: int) -> None:
    run([*GRADE, str(SAMPLE)])  # the disk cache is warm for all
    print(f"medians over {runs} runs, and the least of them")
    gradings, imports, ratios = cold_against_torch(runs)
    show("python -c 'import torch'", imports, "s")
    show("cold grading of the README's sample, all its exercises", gradings, "s")
    show("… as a ratio to import torch", ratios, "", 1.2)
    gradings, _, ratios = cold_against_torch(runs, *NETWORKS)
    show("cold grading of three exercises", gradings, "s")
    show("… as a ratio to import torch", ratios, "", 1.05)
    show("cold grading of the full cs5370-a4 reference", [run([*GRADE, str(FULL)]).seconds for _ in range(runs)], "s")
    rest, own = warm(runs, FULL, WARM_RUNS)
    show("the full cs5370-a4 reference, warm: its own computation", own, "ms")
    show("the full cs5370-a4 reference, warm: all the rest", rest, "ms", 80)
    rest, own = warm(max(1, runs // 3), SAMPLE, CLASS_SIZE, *NETWORKS)
    show(f"{CLASS_SIZE} in one run, three exercises: own computation", own, "ms")
    show(f"{CLASS_SIZE} in one run, three exercises: all the rest", rest, "ms", 60)
    judge, child = memory(runs)
    show("peak memory of the judge", judge, "MB", 80)
    show("private memory of the largest child", child, "MB", 25)
    show("grade --help", [run([*GRADE, "--help"]).seconds for _ in range(runs)], "s", 0.15)
    wrong = [run([*GRADE, "--no-such-option"], status=2).seconds for _ in range(runs)]
    show("an error in the arguments", wrong, "s", 0.15)
    show("printing a report", printing(runs), "ms", 10)
    show("grade judge, each of several kept runs", judging_kept_runs(runs), "ms", 100)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    main(parser.parse_args().runs)
