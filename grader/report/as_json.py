"""The report as JSON, schema 1 (documented in the README)."""

from collections.abc import Sequence

from grader.model.report import Refusal, Report, Reports


def to_json(report: Report) -> str:
    """One submission's report; indented, with a final newline."""
    return report.model_dump_json(by_alias=True, indent=2) + "\n"


def reports_to_json(reports: Sequence[Report], refused: Sequence[Refusal]) -> str:
    """Several submissions' reports under `reports`, and those that could not be graded under `refused`."""
    several = Reports(reports=tuple(reports), refused=tuple(refused))
    return several.model_dump_json(by_alias=True, indent=2) + "\n"
