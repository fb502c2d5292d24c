"""What grading costs: `python -m tests.bench.grading [--runs N]` prints medians, and the targets beside them.

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
from tests.places import SAMPLES

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


def run(command: list[str], *, watch: bool = False) -> Usage:
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    usage = Usage(0.0)
    if watch:
        thread = threading.Thread(target=_watch, args=(process.pid, usage), daemon=True)
        thread.start()
    status = process.wait()
    usage.seconds = time.perf_counter() - started
    if watch:
        thread.join()
    if status:
        raise SystemExit(f"{' '.join(command)} ended with status {status}")
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


def cold_against_torch(runs: int) -> tuple[float, float, float]:
    """Medians of: one cold grading, `import torch`, and the ratio of neighbouring runs."""
    gradings, imports = [], []
    for _ in range(runs):
        imports.append(run([sys.executable, "-c", "import torch"]).seconds)
        gradings.append(run([*GRADE, str(SAMPLE), *NETWORKS]).seconds)
    ratios = [grading / torch for grading, torch in zip(gradings, imports, strict=True)]
    return statistics.median(gradings), statistics.median(imports), statistics.median(ratios)


def a_class(runs: int) -> tuple[float, float]:
    """Medians over runs of twenty submissions each: seconds a submission beyond its own computation, and those."""
    overheads, students = [], []
    for _ in range(runs):
        seconds = graded_together(SAMPLE, CLASS_SIZE, *NETWORKS)
        overheads.append(statistics.mean(s["total"] - s["start"] - s["student"] for s in seconds))
        students.append(statistics.mean(s["student"] for s in seconds))
    return statistics.median(overheads), statistics.median(students)


def warm_and_full(runs: int) -> tuple[float, float, float]:
    """Medians of one warm grading of the full reference: seconds, its own computation, and of their target."""
    seconds = [s for _ in range(runs) for s in graded_together(FULL, WARM_RUNS)[1:]]
    totals = [s["total"] - s["start"] for s in seconds]
    targets = [s["student"] * 1.5 + 0.1 for s in seconds]
    shares = [total / target for total, target in zip(totals, targets, strict=True)]
    return statistics.median(totals), statistics.median(s["student"] for s in seconds), statistics.median(shares)


def graded_together(sample: Path, copies: int, *options: str) -> list[dict[str, float]]:
    """The report's `seconds` of each copy, graded in one run."""
    with tempfile.TemporaryDirectory() as folder:
        handed_in = [Path(folder, f"CS{n:03d}_Assign4.zip") for n in range(copies)]
        for path in handed_in:
            shutil.copy(sample, path)
        result = Path(folder, "reports.json")
        run([*GRADE, *map(str, handed_in), *options, "--json", str(result)])
        return [report["seconds"] for report in json.loads(result.read_text())["reports"]]


def memory(runs: int) -> tuple[float, float]:
    """Medians of the judge's peak and of the largest private memory of a child, in MB."""
    usages = [run([*GRADE, str(SAMPLE), *NETWORKS], watch=True) for _ in range(runs)]
    return statistics.median(u.judge_mb for u in usages), statistics.median(u.child_mb for u in usages)


def show(name: str, value: str, target: str) -> None:
    print(f"{name:<58} {value:>18}   {target}", flush=True)


def main(runs: int) -> None:
    run([*GRADE, str(SAMPLE)])  # the disk cache is warm for all
    print(f"medians over {runs} runs")
    whole = statistics.median(run([*GRADE, str(FULL)]).seconds for _ in range(runs))
    show("cold grading of the full cs5370-a4 reference", f"{whole:.2f} s", "")
    grading, torch, ratio = cold_against_torch(runs)
    show("cold grading of three exercises", f"{grading:.2f} s", "")
    show("python -c 'import torch'", f"{torch:.2f} s", "")
    show("ratio of the two", f"{ratio:.2f}", "at most 1.6")
    overhead, student = a_class(runs)
    show(f"{CLASS_SIZE} in one run, three exercises: own computation", f"{student * 1e3:.0f} ms", "")
    show(f"{CLASS_SIZE} in one run, three exercises: all the rest", f"{overhead * 1e3:.0f} ms", "at most 60 ms")
    warm, student, share = warm_and_full(runs)
    show("the full cs5370-a4 reference, warm: its own computation", f"{student * 1e3:.0f} ms", "")
    show("the full cs5370-a4 reference, warm: all", f"{warm * 1e3:.0f} ms", "")
    show("… as a share of its own computation × 1.5 + 100 ms", f"{share:.2f}", "at most 1")
    judge, child = memory(runs)
    show("peak memory of the judge", f"{judge:.0f} MB", "at most 150 MB")
    show("private memory of the largest child", f"{child:.0f} MB", "at most 40 MB")
    help_s = statistics.median(run([*GRADE, "--help"]).seconds for _ in range(runs))
    show("grade --help", f"{help_s:.2f} s", "under 0.3 s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    main(parser.parse_args().runs)
