"""The report as JSON, schema 1 (documented in the README)."""

from grader.model.report import Report, Reports


def to_json(report: Report | Reports) -> str:
    """One submission's report, or those of several; indented, with a final newline."""
    return report.model_dump_json(by_alias=True, indent=2) + "\n"
