"""The harness's own wheel, made of the package as it is installed here: a release brings along what checks with it."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import grader
from grader.authoring.new_course import EXAMPLE
from grader.model.errors import UsageError

A_DAY_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold: the same bytes in every build
_PACKAGE = Path(grader.__file__).parent
_LEFT_OUT = frozenset({"__pycache__", EXAMPLE})  # students begin no course, and the example has a solution
_KIND = "Wheel-Version: 1.0\nGenerator: grader\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def build_wheel() -> tuple[str, bytes]:
    """Name and content of a wheel that pip installs, from an ordinary or an editable installation.

    The same package gives the same bytes. Raises UsageError where grader is not installed.
    """
    try:
        installed = distribution(_PACKAGE.name)
    except PackageNotFoundError:
        raise UsageError("grader runs from its source and is not installed; run: pip install -e .") from None
    stem = f"{_PACKAGE.name}-{installed.version}"
    files = dict(sorted([*_code(), *_described(installed, f"{stem}.dist-info")]))
    record = f"{stem}.dist-info/RECORD"
    lines = [f"{name},sha256={_digest(content)},{len(content)}\n" for name, content in files.items()]
    return f"{stem}-py3-none-any.whl", zipped({**files, record: "".join([*lines, f"{record},,\n"]).encode()})


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of these files that has the same bytes in every build."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, A_DAY_LONG_AGO)
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _code() -> Iterator[tuple[str, bytes]]:
    for path in _PACKAGE.rglob("*"):
        inside = path.relative_to(_PACKAGE)
        if path.is_file() and _LEFT_OUT.isdisjoint(inside.parts):
            yield f"{_PACKAGE.name}/{inside.as_posix()}", path.read_bytes()


def _described(installed: Distribution, folder: str) -> Iterator[tuple[str, bytes]]:
    yield f"{folder}/WHEEL", _KIND.encode()
    for name in ("METADATA", "entry_points.txt", "licenses/LICENSE"):
        if text := installed.read_text(name):
            yield f"{folder}/{name}", text.encode()


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
