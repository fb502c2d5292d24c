"""Download a published file once: what was begun is gone on with, and only a whole, right file gets its name."""

import http
import sys
from pathlib import Path
from typing import Any

from grader.datasets.places import cache_folder, data_folder
from grader.datasets.sources import Source
from grader.model.errors import DataError

BLOCK = 1 << 16  # bytes written at a time
PATIENCE_S = 30  # without a byte from the server


def fetch(source: Source, mirror: str | None = None) -> Path:
    """The file in the cache, downloaded where it is not there yet.

    `mirror` is the URL of another folder that holds it, in place of the source's servers. Raises DataError where no
    server gives it, where it cannot be written, or is not what was published: then the file is removed.
    """
    target = cache_folder() / source.loader / source.name
    try:
        if not target.exists():
            part = _download(source, (mirror,) if mirror else source.servers, target)
            check(part, source)
            part.replace(target)
        else:
            check(target, source)
    except OSError as error:
        raise DataError(f"{target}: {error.strerror or error}; set GRADE_CACHE to a folder with room") from error
    return target


def check(path: Path, source: Source) -> None:
    """Raise DataError, and remove the file, where its checksum is not the published one."""
    if not source.digest:
        return
    import pooch  # here and below: it takes a tenth of a second to load, and most data is in the cache

    digest = pooch.file_hash(str(path), source.algorithm)
    if digest != source.digest:
        path.unlink()
        raise DataError(
            f"{path}: is broken ({source.algorithm} {digest}, not {source.digest}) and was removed; run this again to "
            "download it anew"
        )


def _download(source: Source, servers: tuple[str, ...], target: Path) -> Path:
    """The whole file under a name that says it is not checked yet, from the first server that gives it."""
    part = target.with_name(target.name + ".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    reasons = []
    for server in servers:
        url = server.rstrip("/") + "/" + source.name
        reason = _received(url, part, source)
        if not reason:
            return part
        reasons.append(f"{url}: {reason}")
    looked = data_folder()
    local = (
        f"GRADE_DATA={looked} has none of it: put it there" if looked else "set GRADE_DATA to a folder with the data"
    )
    raise DataError(
        f"can't download {source.name} ({'; '.join(reasons)}); {local}, or take stand-ins made by code: "
        f"{source.loader}(offline=True)"
    )


def _received(url: str, part: Path, source: Source) -> str:
    """Write what the server sends; gives the reason where that is not the whole file, else ""."""
    import requests

    if not url.startswith(("https://", "http://")):
        return "is no http address"
    begun = part.stat().st_size if source.digest and part.exists() else 0  # a checksum will prove the whole
    shown = _Shown(source.name)
    try:
        _receive(url, part, begun, shown)
    except requests.RequestException as error:
        if error.response is not None:
            if not begun or error.response.status_code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                return error.response.reason
            part.unlink()
            return _received(url, part, source)
        if shown.size and part.stat().st_size < shown.size:
            return f"the connection ended after {part.stat().st_size:,} of {shown.size:,} bytes; run this again"
        return _reason(error)
    return ""


def _receive(url: str, part: Path, begun: int, shown: "_Shown") -> None:
    """Write the reply behind what is here, where it is the rest of that; else in its place."""
    import pooch

    with part.open("ab") as file, shown.bar:

        def begin(reply: Any, *_: Any, **__: Any) -> None:
            goes_on = str(reply.headers.get("Content-Range")).startswith(f"bytes {begun}-")
            if reply.status_code in (http.HTTPStatus.OK, http.HTTPStatus.PARTIAL_CONTENT):
                file.truncate(begun if goes_on else 0)
                shown.begin(begun if goes_on else 0, int(reply.headers.get("Content-Length", 0)))

        headers = {"User-Agent": "grader", "Accept-Encoding": "identity"}
        headers |= {"Range": f"bytes={begun}-"} if begun else {}
        receive = pooch.HTTPDownloader(shown, BLOCK, headers=headers, timeout=PATIENCE_S, hooks={"response": begin})
        receive(url, file, None)


class _Shown:
    """How far a download is, as pooch tells it: a bar on standard error where that is a terminal, else one line."""

    total = 0  # bytes of this reply, which pooch sets

    def __init__(self, name: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

        self.name = name
        self.size = 0  # bytes of the whole file, as far as the server says
        console = Console(file=sys.stderr)
        columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
        self.bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)

    def begin(self, begun: int, announced: int) -> None:
        self.begun, self.size = begun, begun + announced if announced else 0
        if self.bar.disable:
            size = f" ({self.size / 1e6:.1f} MB)" if self.size else ""
            self.bar.console.print(f"downloading {self.name}{size}", highlight=False)
        self.task = self.bar.add_task(self.name, total=self.size or None, completed=begun)

    def update(self, count: int) -> None:
        self.bar.advance(self.task, count)

    def reset(self) -> None:
        self.bar.reset(self.task, completed=self.begun)

    def close(self) -> None:
        self.bar.refresh()


def _reason(error: BaseException) -> str:
    """What was first wrong, below what requests and urllib3 say about it."""
    while cause := error.__cause__ or error.__context__:
        error = cause
    return " ".join(str(error).split())[:120] or type(error).__name__
