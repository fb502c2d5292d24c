"""Where things stand, for every test: the repository, which is a course, and the small courses and samples here."""

from pathlib import Path

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
SAMPLES = TESTS / "submissions"
TOY = TESTS / "toy_course"
NOT_UNIX = TESTS / "sandbox" / "not_unix"  # in PYTHONPATH: this system seems to be Windows
