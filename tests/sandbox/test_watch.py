"""What a submission's processes hold together: counted where nothing else holds it, in words for the student."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from grader.sandbox.environment import Limits
from grader.sandbox.kernel import rights
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.watch import Watch

LIMITS = Limits(memory_mb=64, processes=4, disk_mb=2)
SLEEP = "\nprint('ready', flush=True)\ntime.sleep(60)\n"


@contextmanager
def running(code: str, folder: str) -> Iterator[int]:
    """A process that does this in `folder`, and then sleeps."""
    command = [sys.executable, "-c", "import mmap, os, socket, threading, time\n" + code + SLEEP]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=folder) as process:
        process.stdout.readline()
        yield process.pid
        process.kill()


def excess(code: str, folder: str, *, confined: bool = True, count_memory: bool = True) -> str:
    with running(code, folder) as pid:
        return Watch(pid, LIMITS, 0, folder, confined=confined).excess(count_memory=count_memory)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("held = bytearray(100 << 20)", "held more than 64 MB of memory"),
        ("held = [socket.socketpair() for _ in range(200)]", "held more than 64 MB of memory"),
        ("held = [os.pipe() for _ in range(500)]", ""),  # both ends are of one pipe
        ("held = [os.pipe() for _ in range(500)]\nmore = bytearray(50 << 20)", "held more than 64 MB of memory"),
        ("held = open('a', 'wb')\nos.unlink('a')\nheld.write(bytes(1 << 20))\nheld.flush()", ""),
        (
            "held = open('a', 'wb')\nos.unlink('a')\nheld.write(bytes(3 << 20))\nheld.flush()",
            "wrote more than 2 MB of files, some of them deleted and still open",
        ),
        (
            "file = open('a', 'w+b')\nfile.write(bytes(4096))\nfile.flush()\nheld = mmap.mmap(file.fileno(), 0)\n"
            "os.unlink('a')\nos.closerange(3, 20)",  # what maps it keeps a descriptor too
            "wrote more than 2 MB of files, some of them deleted and still open",
        ),
        ("held = open('a', 'wb')\nheld.write(bytes(3 << 20))", ""),  # it has a name: the judge sees to it
        ("[threading.Thread(target=time.sleep, args=(60,)).start() for _ in range(4)]", ""),
        (
            "[threading.Thread(target=time.sleep, args=(60,)).start() for _ in range(5)]",
            "started more than 4 processes and threads",
        ),
        ("[os.fork() or time.sleep(60) for _ in range(5)]", "started more than 4 processes and threads"),
    ],
)
def test_what_is_too_much_is_told(tmp_path, code, found):
    assert excess(code, str(tmp_path)) == found


def test_memory_that_the_kernel_holds_is_not_counted_twice(tmp_path):
    assert excess("held = bytearray(100 << 20)", str(tmp_path), count_memory=False) == ""


def test_ones_own_code_may_start_what_it_likes(tmp_path):
    code = "[threading.Thread(target=time.sleep, args=(60,)).start() for _ in range(9)]"
    assert excess(code, str(tmp_path), confined=False) == ""


@pytest.mark.skipif(os.getuid() == 0, reason="root looks into every process")
def test_a_process_that_hides_is_told_after_a_while(tmp_path):
    with running("import ctypes\nctypes.CDLL(None).prctl(4, 0, 0, 0, 0)", str(tmp_path)) as pid:
        watch = Watch(pid, LIMITS, 0, str(tmp_path), confined=True)
        assert watch.excess(count_memory=True) == ""
        time.sleep(1.2)
        assert watch.excess(count_memory=True) == "hid what it holds"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be another user")
def test_each_run_of_root_has_a_user_of_its_own():
    with Sandbox("none", "cpu") as one, Sandbox("none", "cpu") as other:
        owners = {one.folder.stat().st_uid, other.folder.stat().st_uid}
    assert len(owners) == 2
    assert owners <= set(rights._UIDS)
