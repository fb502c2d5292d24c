"""Download a published file once: what was begun is gone on with, and only a whole, right file gets its name."""

import hashlib
import http.client
import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grader.datasets.places import cache_folder, data_folder
from grader.datasets.sources import Source
from grader.model.errors import DataError

BLOCK = 1 << 18  # bytes read at a time
PATIENCE_S = 30  # without a byte from the server
NO_REPLY = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError, ssl.SSLError, ValueError)
NOT_SATISFIABLE = 416  # HTTP: the rest that was asked for does not exist


def fetch(source: Source, mirror: str | None = None) -> Path:
    """The file in the cache, downloaded where it is not there yet.

    `mirror` is the URL of another folder that holds it, in place of the source's servers. Raises DataError where no
    server gives it, where it cannot be written, or is not what was
    published: then the file is removed.
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
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, source.algorithm).hexdigest()
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
        try:
            with _reply(url, part, resumable=bool(source.digest)) as reply:
                _receive(reply, part, source.name)
            return part
        except NO_REPLY as error:
            reasons.append(f"{url}: {_reason(error)}")
    looked = data_folder()
    local = (
        f"GRADE_DATA={looked} has none of it: put it there" if looked else "set GRADE_DATA to a folder with the data"
    )
    raise DataError(
        f"can't download {source.name} ({'; '.join(reasons)}); {local}, or take stand-ins made by code: "
        f"{source.loader}(offline=True)"
    )


@contextmanager
def _reply(url: str, part: Path, resumable: bool) -> Iterator[Any]:
    """The server's reply, to a request for the rest where a part is here and a checksum will prove the whole."""
    begun = part.stat().st_size if resumable and part.exists() else 0
    try:
        with _open(url, begun) as reply:
            yield reply
            return
    except urllib.error.HTTPError as error:
        if not begun or error.code != NOT_SATISFIABLE:
            raise
    with _open(url, 0) as reply:
        yield reply


def _open(url: str, begun: int) -> Any:
    if not url.startswith(("https://", "http://")):
        raise ValueError("is no http address")
    headers = {"User-Agent": "grader", **({"Range": f"bytes={begun}-"} if begun else {})}
    return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=PATIENCE_S)


def _receive(reply: Any, part: Path, name: str) -> None:
    """Write the reply behind what is here, where it is the rest of that; else in its place."""
    begun = part.stat().st_size if part.exists() else 0
    goes_on = reply.status == http.HTTPStatus.PARTIAL_CONTENT
    if goes_on and not (reply.headers.get("Content-Range") or "").startswith(f"bytes {begun}-"):
        raise http.client.HTTPException("the server sent another part than the one asked for")
    begun = begun if goes_on else 0
    announced = reply.headers.get("Content-Length")
    total = begun + int(announced) if announced else None
    with part.open("ab" if goes_on else "wb") as file, _progress(name, begun, total) as advance:
        while block := reply.read(BLOCK):
            file.write(block)
            advance(len(block))
        size = file.tell()
    if total is not None and size != total:
        raise http.client.HTTPException(f"the connection ended after {size:,} of {total:,} bytes; run this again")


@contextmanager
def _progress(name: str, begun: int, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar on standard error where that is a terminal, else one line there."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(file=sys.stderr)
    if not console.is_terminal:
        console.print(f"downloading {name}" + (f" ({total / 1e6:.1f} MB)" if total else ""), highlight=False)
        yield lambda _count: None
        return
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=total, completed=begun)
        yield lambda count: bar.advance(task, count)


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    return " ".join(str(reason).split())[:120] or type(error).__name__
