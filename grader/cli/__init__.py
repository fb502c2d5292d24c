"""The command line. `main` is the console script `grade`."""

from grader.cli.app import main

__all__ = ["main"]
