"""The command line. `main` is the console script `grade`."""

from grader.cli.entry import main

__all__ = ["main"]
