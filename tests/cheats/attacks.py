"""Attacks on the judge, the machine and other submissions: what each tries, and how to see that it got nowhere.

An attack is the text of a submission. `loads` runs while its module is loaded, as the first process of the
submission, which holds the channel to the judge; `called` is the body of the function that a probe calls.
"""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field

from grader.sandbox.environment import Limits

SMALL = Limits(memory_mb=512, disk_mb=64, cpu_s=20, output_mb=4)


@dataclass(frozen=True)
class Result:
    """What the judge saw of an attack."""

    tier: str
    grouped: bool  # a control group held its memory and processes
    log: str  # what it printed
    ended: str  # why its session ended early, in the judge's words; "" where it did not
    output: object  # of the probe: a list of numbers, or a refusal in words; None where there was no probe
    reached: tuple[str, ...]  # the judge's listeners that somebody connected to
    left: tuple[str, ...]  # files, folders, shared memory that remain


@dataclass(frozen=True)
class Attack:
    """`problem` says what the attack achieved, "" where it was contained."""

    name: str
    loads: str = "pass"
    called: str = ""
    problem: Callable[[Result], str] = lambda result: ""
    limits: Limits = SMALL
    timeout_s: float = 8.0
    cases: int = field(default=1)

    def text(self, place: str) -> str:
        """The submission; `place` assigns what it knows of the judge: JUDGE, SECRET, PORT, …"""
        loads = textwrap.indent(textwrap.dedent(self.loads).strip(), "    ")
        called = textwrap.indent(textwrap.dedent(self.called or "return x * 2").strip(), "    ")
        return (
            f"{place}\n{_PRELUDE}\n\ndef while_loading():\n{loads}\n\n\nfound = while_loading()\n\n\n"
            f"def attack(x, found=found):\n{called}\n"
        )


_PRELUDE = """
import ctypes, mmap, os, platform, re, resource, signal, socket, struct, sys, threading, time

SHARED = os.getcwd() != "/box"  # no namespaces: sockets, files and processes of the user are everybody's
libc = ctypes.CDLL(None, use_errno=True)
MARKER_PATTERN = rb"SECRET" + rb"-[0-9a-f]{32}"
NUMBERS = {
    "x86_64": dict(
        ptrace=101, process_vm_readv=310, process_vm_writev=311, pidfd_getfd=438, unshare=272, clone=56, clone3=435,
        mount=165, umount2=166, pivot_root=155, open_by_handle_at=304, io_uring_setup=425, bpf=321, userfaultfd=323,
        keyctl=250, perf_event_open=298, setns=308, mknod=133, memfd_create=319, fanotify_init=300,
    ),
    "aarch64": dict(
        ptrace=117, process_vm_readv=270, process_vm_writev=271, pidfd_getfd=438, unshare=97, clone=220, clone3=435,
        mount=40, umount2=39, pivot_root=41, open_by_handle_at=265, io_uring_setup=425, bpf=280, userfaultfd=282,
        keyctl=219, perf_event_open=241, setns=268, memfd_create=279, fanotify_init=262,
    ),
}[platform.machine()]
NUMBERS |= dict(open_tree_attr=467, memfd_secret=447, pidfd_send_signal=424, listmount=458, landlock_create_ruleset=444)


def say(*words):
    os.write(1, (" ".join(map(str, words)) + chr(10)).encode(errors="replace"))


def look(what, action):
    try:
        say("seen:", what, repr(action())[:300])
    except BaseException as error:
        say("refused:", what, type(error).__name__, error)


def must_fail(what, action):
    try:
        result = action()
    except BaseException as error:
        say("refused:", what, type(error).__name__, error)
    else:
        say("BREACH:", what, repr(result)[:200])


def system_call(name, *arguments):
    def call():
        ctypes.set_errno(0)
        result = libc.syscall(NUMBERS[name], *arguments)
        if result < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return result

    if name in NUMBERS:
        must_fail(name, call)


def hold_in_children(hold, number=12):
    # 300 MB in each of these processes; in more than half of them at one time is too much
    reader, writer = os.pipe()
    pids = []
    for _ in range(number):
        pids.append(os.fork())
        if pids[-1] == 0:
            try:
                held = hold()
            except BaseException as error:
                say("refused:", type(error).__name__, error)
                os.write(writer, struct.pack("i", 0))
                os._exit(1)
            os.write(writer, struct.pack("i", os.getpid()))
            time.sleep(20)
            os._exit(0)
    os.set_blocking(reader, False)
    data, until = b"", time.monotonic() + 6
    while time.monotonic() < until and len(data) < 4 * len(pids):
        time.sleep(0.2)
        try:
            data += os.read(reader, 4096)
        except BlockingIOError:
            continue
    holding = [pid for (pid,) in struct.iter_unpack("i", data) if pid and os.waitpid(pid, os.WNOHANG)[0] == 0]
    say("BREACH:" if len(holding) > number // 2 else "stopped at", len(holding) * 300, "MB")


def name_process():
    libc.prctl(15, TAG.encode(), 0, 0, 0)
"""


def _said(words: str) -> Callable[[Result], str]:
    return lambda result: "" if words in result.log else f"did not say {words!r}"


def _ended(*words: str) -> Callable[[Result], str]:
    def problem(result: Result) -> str:
        return "" if any(w in result.ended for w in words) else f"ended {result.ended!r}, not with one of {words}"

    return problem


def _refused(words: str) -> Callable[[Result], str]:
    return lambda result: "" if words in str(result.output) else f"the probe's frame gave {result.output!r}"


def _memory_was_held(result: Result) -> str:
    return "" if result.ended or "stopped at" in result.log else "neither stopped nor killed"


def _workers_as_promised(result: Result) -> str:
    expected = "workers 2" if result.tier == "namespaces" else "workers 0"
    return (
        "" if f"{expected} sum 2016.0" in result.log and "echo hi" in result.log else "data loader or subprocess failed"
    )


def _disk_was_held(result: Result) -> str:
    if result.tier == "namespaces":  # each of its folders is a file system of limited size
        return "" if "full after" in result.log else "its folders did not fill up"
    return _ended("of files")(result)


def _processes_were_held(result: Result) -> str:
    held = "no more after" in result.log or "started more than" in result.ended
    return "" if held else "could start as many as it liked"


def _files_were_held(result: Result) -> str:
    return "" if "no more files after" in result.log or "files" in result.ended else "made files without end"


ATTACKS = (
    # ------------------------------------------------------------ reading what is the judge's
    Attack(
        "reads the judge's files",
        """
        for path in SECRETS:
            must_fail(path, lambda: open(path).read())
            must_fail("by the judge's root", lambda: open(f"/proc/{JUDGE}/root{path}").read())
            look("symbolic link", lambda: os.symlink(path, "link"))
            must_fail("through the link", lambda: open("link").read())
            look("unlink", lambda: os.unlink("link"))
            must_fail("hard link", lambda: (os.link(path, "hard"), open("hard").read()))
        must_fail("list", lambda: os.listdir(os.path.dirname(SECRETS[0])))
        must_fail("shadow", lambda: open("/etc/shadow").read())
        look("root", lambda: os.listdir("/"))
        look("parent", lambda: os.listdir(".."))
        """,
    ),
    Attack(
        "reads the judge's memory and environment through proc",
        """
        look("processes", lambda: [p for p in os.listdir("/proc") if p.isdigit()][:40])
        for pid in (JUDGE, LAUNCHER, os.getppid()):
            for name in ("environ", "mem", "maps", "auxv", "fd/0"):
                if pid > 0:
                    must_fail(f"{pid} {name}", lambda: open(f"/proc/{pid}/{name}", "rb").read(200) or 1 / 0)
        look("first process", lambda: open("/proc/1/environ", "rb").read(4000))
        """,
    ),
    Attack(
        "traces the judge",
        """
        for pid in (JUDGE, LAUNCHER, os.getppid(), 1):
            system_call("ptrace", 16, pid, 0, 0)
            system_call("ptrace", 0x4206, pid, 0, 0)
        buffer = ctypes.create_string_buffer(64)
        vector = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 8)
        system_call("process_vm_readv", JUDGE, vector, 1, vector, 1, 0)
        system_call("process_vm_writev", JUDGE, vector, 1, vector, 1, 0)
        system_call("pidfd_getfd", 3, 1, 0)
        """,
    ),
    Attack(
        "searches its memory for the judge's secret",
        """
        hits = scanned = 0
        try:
            ranges = open("/proc/self/maps").readlines()
            memory = open("/proc/self/mem", "rb")
        except OSError as error:
            say("hits 0, no maps:", error)
            return
        for line in ranges:
            start, end = (int(part, 16) for part in line.split()[0].split("-"))
            try:
                memory.seek(start)
                while start < end:
                    data = memory.read(min(1 << 24, end - start))
                    start += len(data) or end
                    scanned += len(data)
                    hits += len(re.findall(MARKER_PATTERN, data))
            except (OSError, ValueError, OverflowError):
                continue
        say("hits", hits, "in MB", scanned >> 20)
        """,
        problem=_said("hits 0"),
    ),
    Attack(
        "uses descriptors it was not given",
        """
        for number in range(256):
            try:
                say(number, os.readlink(f"/proc/self/fd/{number}"))
            except OSError:
                continue
        for number in range(4, 256):
            try:
                os.write(number, b"x")
            except OSError:
                continue
            say("BREACH: wrote to descriptor", number)
        """,
    ),
    # ------------------------------------------------------------ harming the judge
    Attack(
        "kills the judge and the zygote",
        """
        for pid in (JUDGE, LAUNCHER, os.getppid()):
            if pid > 1:
                must_fail(f"kill {pid}", lambda: os.kill(pid, signal.SIGKILL))
        look("own group", lambda: os.killpg(0, 0))
        look("everybody", lambda: os.kill(-1, signal.SIGTERM))
        """,
    ),
    Attack(
        "changes the judge's limits and priority",
        """
        for pid in (JUDGE, LAUNCHER, os.getppid()):
            if pid > 1:
                must_fail("prlimit", lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE))
                must_fail("affinity", lambda: os.sched_setaffinity(pid, {0}))
                must_fail("scheduler", lambda: os.sched_setscheduler(pid, os.SCHED_BATCH, os.sched_param(0)))
                must_fail("priority", lambda: os.setpriority(os.PRIO_PROCESS, pid, 1))
        """,
    ),
    Attack(
        "changes the modes of the judge's files",
        """
        for path in (*SECRETS, os.path.dirname(SECRETS[0])):
            look("mode", lambda: os.chmod(path, 0o777))
            look("times", lambda: os.utime(path, (1, 1)))
            look("owner", lambda: os.chown(path, os.getuid(), -1))
            look("attribute", lambda: os.setxattr(path, "user.grade", b"x"))
            must_fail("truncate", lambda: os.truncate(path, 0))
        """,
    ),
    Attack(
        "reaches the network and the judge's sockets",
        """
        def connect(family, kind, address):
            with socket.socket(family, kind) as s:
                s.settimeout(2)
                s.connect(address) if kind == socket.SOCK_STREAM else s.sendto(b"x", address)

        must_fail("tcp", lambda: connect(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", TCP)))
        must_fail("udp", lambda: connect(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", UDP)))
        must_fail("abstract", lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, chr(0) + ABSTRACT))
        must_fail("unix", lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, UNIX))
        for name, family in dict(vsock=40, netlink=16, packet=17, alg=38, inet6=10, xdp=44).items():
            kind = socket.SOCK_RAW if name in ("netlink", "packet", "xdp") else socket.SOCK_STREAM
            must_fail(name, lambda: socket.socket(family, kind))
        """,
        problem=lambda result: f"reached {result.reached}" if result.reached else "",
    ),
    # ------------------------------------------------------------ using the machine up
    Attack(
        "leaves daemons behind",
        """
        for _ in range(3):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    name_process()
                    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
                        signal.signal(number, signal.SIG_IGN)
                    os.closerange(0, 256)
                    while True:
                        time.sleep(1)
                os._exit(0)
        time.sleep(0.3)
        say("started")
        """,
        problem=_said("started"),
    ),
    Attack(
        "fork bomb",
        """
        count = 0
        try:
            while count < 5000:
                if os.fork() == 0:
                    name_process()
                    while True:
                        try:
                            os.fork()
                        except OSError:
                            time.sleep(0.05)
                count += 1
            say("BREACH: 5000 processes")
        except OSError as error:
            say("no more after", count, error)
        """,
        problem=_processes_were_held,
    ),
    Attack(
        "a hundred thousand threads",
        """
        count = 0
        try:
            for count in range(100_000):
                threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
            say("BREACH: 100,000 threads")
        except RuntimeError as error:
            say("no more after", count, error)
        """,
        problem=_processes_were_held,
    ),
    Attack(
        "memory without end",
        """
        import torch

        held = []
        try:
            while len(held) < 32:
                held.append(torch.ones(32 << 20))
        except BaseException as error:
            say("stopped at", len(held) * 128, "MB:", type(error).__name__)
            return
        say("BREACH: held 4 GB")
        """,
        problem=_memory_was_held,
    ),
    Attack(
        "memory in files that have no name",
        """
        files, held, block = [], 0, b"x" * (8 << 20)
        try:
            while held < 2500:
                files.append(os.memfd_create("a"))
                try:
                    for _ in range(7):
                        os.write(files[-1], block)
                        held += 8
                except OSError as error:
                    say("file", error)
        except OSError as error:
            say("stopped at", held, "MB:", error)
            return
        say("BREACH: held", held, "MB")
        """,
        problem=_memory_was_held,
    ),
    Attack(
        "memory in shared memory files",
        """
        held, block = 0, b"x" * (8 << 20)
        try:
            for number in range(100):
                with open(f"/dev/shm/grade-leak-{number}", "wb") as file:
                    file.write(block)
                held += 8
        except OSError as error:
            say("stopped at", held, "MB:", error)
            return
        say("BREACH: held", held, "MB")
        """,
        problem=_memory_was_held,
    ),
    Attack(
        "memory in many processes",
        """
        import torch

        hold_in_children(lambda: torch.ones(75 << 20))
        """,
        problem=_memory_was_held,
    ),
    Attack(
        "memory shared by many processes",
        """
        def hold():
            held = mmap.mmap(-1, 300 << 20)
            for offset in range(0, 300 << 20, 4096):
                held[offset] = 1
            return held

        hold_in_children(hold)
        """,
        problem=_memory_was_held,
    ),
    Attack(
        "fills the disk",
        """
        block = b"x" * (8 << 20)
        for folder in (os.getcwd(), "/scratch", "/tmp", "/dev/shm", "/", "/var/tmp", os.path.dirname(SECRETS[0])):
            written = 0
            try:
                while written < 2048:
                    with open(f"{folder}/fill{written}", "wb") as file:
                        for _ in range(8):
                            file.write(block)
                            file.flush()
                            written += 8
                say("BREACH:", folder, "took", written, "MB")
            except OSError as error:
                say(folder, "full after", written, "MB:", error)
        time.sleep(1)
        """,
        problem=_disk_was_held,
        timeout_s=15,
    ),
    Attack(
        "fills the disk while it prints",
        """
        block = b"x" * (1 << 20)
        try:
            for number in range(1500):
                os.write(1, b".")
                with open(f"fill{number}", "wb") as file:
                    file.write(block)
                time.sleep(0.002)
            say("BREACH: wrote 1500 MB")
        except OSError as error:
            say("full after", number, "MB:", error)
        """,
        problem=_disk_was_held,
    ),
    Attack(
        "makes files without end",
        """
        try:
            for number in range(400_000):
                os.close(os.open(f"i{number}", os.O_CREAT | os.O_WRONLY))
            say("BREACH: 400,000 files")
        except OSError as error:
            say("no more files after", number, error)
        """,
        problem=_files_were_held,
        timeout_s=20,
    ),
    Attack(
        "nests folders deeper than a path can be long",
        """
        for _ in range(3000):
            os.mkdir("d")
            os.chdir("d")
        with open("hidden", "wb") as file:
            file.write(b"x" * (1 << 20))
        """,
    ),
    Attack(
        "makes a folder that cannot be listed",
        """
        os.mkdir("closed", 0o300)
        os.mkdir("closed/inner", 0o300)
        with open("closed/inner/file", "wb") as file:
            file.write(b"x" * (1 << 20))
        say("made")
        """,
        problem=_said("made"),
    ),
    Attack(
        "takes the place of the next submission's folder",
        """
        for number in range(200):
            try:
                os.mkdir(f"../submission-{number}")
            except OSError:
                continue
            say("made folder" if os.getcwd() == "/box" else "BREACH: made folder", number)
        """,
    ),
    Attack(
        "prints ten gigabytes",
        """
        block = b"y" * (1 << 20)
        for _ in range(10_240):
            os.write(1, block)
        say("BREACH: printed it all")
        """,
        problem=_ended("printed more than"),
    ),
    Attack(
        "computes in C and ignores signals",
        """
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sum(range(10**13))
        """,
        problem=_ended("was still running"),
        timeout_s=1.5,
    ),
    Attack(
        "uses up its processor time",
        """
        number = 0
        while number >= 0:
            number += 1
        """,
        problem=_ended("processor time"),
        limits=Limits(cpu_s=1),
    ),
    Attack(
        "stops itself and sleeps",
        """
        look("stop", lambda: os.kill(os.getpid(), signal.SIGSTOP))
        time.sleep(100)
        """,
        problem=_ended("was still running"),
        timeout_s=1.5,
    ),
    Attack("crashes", "ctypes.string_at(0)", problem=_ended("SIGSEGV")),
    Attack(
        "overflows the stack",
        """
        class Endless:
            def __repr__(self):
                return repr(self)

        def deeper(n):
            return deeper(n + 1) + 1

        sys.setrecursionlimit(10**9)
        look("repr", lambda: repr(Endless()))
        deeper(0)
        """,
    ),
    Attack("exits at once", "os._exit(0)", problem=_ended("ended itself")),
    # ------------------------------------------------------------ getting out
    Attack(
        "escapes by namespaces and mounts",
        """
        system_call("unshare", 0x10000000)
        system_call("unshare", 0x20000)
        system_call("clone", 0x10000000 | 17, 0, 0, 0, 0)
        system_call("clone3", 0, 0)
        system_call("mount", b"tmpfs", b"/box", b"tmpfs", 0, 0)
        system_call("umount2", b"/proc", 2)
        system_call("pivot_root", b".", b".")
        system_call("open_by_handle_at", 3, 0, 0)
        system_call("io_uring_setup", 8, 0)
        system_call("bpf", 0, 0, 0)
        system_call("userfaultfd", 0)
        system_call("keyctl", 0, -3, 0)
        system_call("perf_event_open", 0, 0, -1, -1, 0)
        system_call("setns", 3, 0)
        system_call("mknod", b"device", 0o60666, 0x100)
        must_fail("chroot", lambda: os.chroot("."))
        must_fail("setuid", lambda: os.setuid(0))
        must_fail("set-user-id program", lambda: __import__("subprocess").run(
            ["su", "-c", "id"], capture_output=True, timeout=3, stdin=-3, check=True))
        must_fail("core pattern", lambda: open("/proc/sys/kernel/core_pattern", "w").write("|/bin/sh"))
        must_fail("sysrq", lambda: open("/proc/sysrq-trigger", "w").write("h"))
        """,
    ),
    Attack(
        "uses the system calls of other architectures",
        """
        if platform.machine() != "x86_64":
            return
        def x32():
            ctypes.set_errno(0)
            if libc.syscall(0x40000000 | 521, 16, 1, 0, 0) < 0:
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

        must_fail("x32 ptrace", x32)
        page = mmap.mmap(-1, 4096, prot=7)
        # mov eax, 26 (ptrace); mov ebx, 16; mov ecx, 1; int 0x80; ret
        page.write(b"\\xb8\\x1a\\x00\\x00\\x00\\xbb\\x10\\x00\\x00\\x00\\xb9\\x01\\x00\\x00\\x00\\xcd\\x80\\xc3")
        call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
        say("BREACH: 32-bit call returned", call())
        """,
    ),
    Attack(
        "writes to the installed packages",
        """
        import grader.messages.frames
        import torch

        must_fail("torch", lambda: open(torch.__file__, "a"))
        must_fail("the grader", lambda: open(grader.messages.frames.__file__, "r+"))
        must_fail("a new package", lambda: os.mkdir(os.path.join(os.path.dirname(torch.__file__), "evil")))
        must_fail("programs", lambda: open("/usr/bin/evil", "w"))
        must_fail("preload", lambda: open("/etc/ld.so.preload", "w"))
        look("mode", lambda: os.chmod(sys.executable, 0o777))
        """,
    ),
    Attack(
        "leaves shared memory and queues",
        """
        import torch

        tensor = torch.ones(1000)
        look("tensor", tensor.share_memory_)
        look("file", lambda: open("/dev/shm/grade-leak", "w").write("x"))
        look("segment", lambda: libc.shmget(0x6772, 1 << 20, 0o1666))
        look("queue", lambda: libc.msgget(0x6772, 0o1666))
        look("semaphore", lambda: libc.semget(0x6772, 1, 0o1666))
        """,
    ),
    # ------------------------------------------------------------ lying to the judge
    Attack(
        "sends a pickle",
        """
        import pickle

        class Command:
            def __reduce__(self):
                return os.system, (f"touch {os.path.dirname(SECRETS[0])}/unpickled",)

        os.write(3, pickle.dumps(Command()))
        time.sleep(5)
        """,
        problem=_ended("no frame"),
    ),
    Attack(
        "claims a huge frame",
        """
        os.write(3, struct.pack("!4sIQ", b"GRD1", 2, 1 << 60) + b"{}")
        time.sleep(5)
        """,
        problem=_ended("claims"),
    ),
    Attack(
        "sends JSON that nests without end",
        """
        text = b"[" * 60_000
        os.write(3, struct.pack("!4sIQ", b"GRD1", len(text), 0) + text)
        time.sleep(5)
        """,
        problem=_ended("JSON"),
    ),
    Attack(
        "sends JSON that nests as deep as it parses",
        """
        text = b'{"loaded": ' + b"[" * 900 + b"]" * 900 + b"}"
        os.write(3, struct.pack("!4sIQ", b"GRD1", len(text), 0) + text)
        time.sleep(5)
        """,
        problem=_ended("JSON"),
    ),
    Attack(
        "claims a huge tensor",
        called="""
        import json

        header = json.dumps(
            {"output": {"dtype": "F32", "shape": [1 << 40, 1 << 20], "data_offsets": [0, 4]}}
        ).encode()
        blob = struct.pack("<Q", len(header)) + header + bytes(4)
        described = {"type": "Tensor", "shape": [1 << 40, 1 << 20], "dtype": "float32", "device": "cpu"}
        head = {"case": 0, "tensors": {"output": described}, "facts": {}, "error": None, "seconds": 0}
        head = json.dumps(head).encode()
        frame = struct.pack("!4sIQ", b"GRD1", len(head), len(blob)) + head + blob
        for number in range(3, 64):
            try:
                os.write(number, frame)
            except OSError:
                continue
        time.sleep(5)
        """,
        problem=_refused("does not fit its bytes"),
    ),
    Attack(
        "answers with a tensor subclass that lies",
        called="""
        import torch

        class Liar(torch.Tensor):
            @classmethod
            def __torch_function__(cls, function, types, args=(), kwargs=None):
                return True

        return torch.full((2,), float("nan")).as_subclass(Liar)
        """,
        problem=lambda result: "" if str(result.output) == "['Liar', [nan, nan]]" else f"gave {result.output!r}",
    ),
    Attack(
        "keeps the judge waiting for a connection that cannot close",
        """
        import grader.child.serve as serve

        def hold(service, request, *rest):
            # The probe's socket travels, unread, in the judge's own queue: it stays open when we are gone.
            (number,) = request.fds
            os.write(number, b"G")
            answer = b'{"kind": "ended", "probe": 1, "status": 0}'
            frame = struct.pack("!4sIQ", b"GRD1", len(answer), 0) + answer
            with socket.socket(fileno=os.dup(3)) as mine:
                mine.sendall(frame)
                mine.sendmsg([b"G"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", number))])
            os._exit(0)

        serve._Service._start_probe = hold
        """,
        called="return x",
        problem=lambda result: "" if result.output == "ended with status 0" else f"gave {result.output!r}",
    ),
    Attack(
        "fills the judge with open descriptors",
        """
        answer = b'{"kind": "loaded", "names": [], "errors": {}, "notes": [], "seconds": 0}'
        with socket.socket(fileno=os.dup(3)) as mine:
            files = struct.pack("4i", *[os.open("/dev/null", os.O_RDONLY) for _ in range(4)])
            header = struct.pack("!4sIQ", b"GRD1", len(answer), 0)

            def send():
                mine.sendmsg([header], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
                mine.sendall(answer)

            look("descriptors", send)
        """,
        problem=lambda result: "" if "refused: descriptors" in result.log else _ended("descriptors")(result),
    ),
    # ------------------------------------------------------------ spoiling the next submission
    Attack(
        "poisons modules for later submissions",
        """
        import builtins

        import torch
        import torch.nn.functional as F

        must_fail("the first process's memory", lambda: open(f"/proc/{os.getppid()}/mem", "r+b"))
        for name in ("relu", "cross_entropy", "linear"):
            setattr(F, name, lambda *a, **k: "poison")
        torch.allclose = lambda *a, **k: True
        torch.Tensor.__eq__ = lambda *a: True
        sys.modules["numpy"] = None
        builtins.len = lambda x: 42
        """,
    ),
    Attack(
        "finds nothing of the poison",
        """
        import numpy
        import torch
        import torch.nn.functional as F

        say(F.relu(torch.tensor([-1.0, 2.0])).tolist(), len([1]), torch.allclose(torch.ones(1), torch.zeros(1)))
        """,
        problem=_said("[0.0, 2.0] 1 False"),
    ),
    Attack(
        "honest work with data loaders, processes and threads",
        """
        import subprocess
        import tempfile

        import torch
        from torch.utils.data import DataLoader

        loader = DataLoader(torch.arange(64.0).reshape(32, 2), batch_size=8, num_workers=2)
        total = sum(batch.sum() for batch in loader)
        say("workers", loader.num_workers, "sum", float(total))
        say("echo", subprocess.check_output(["/bin/echo", "hi"]).decode().strip())
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"x")
        torch.set_num_threads(2)
        say("matrix", tuple((torch.randn(300, 300) @ torch.randn(300, 300)).shape))
        """,
        problem=_workers_as_promised,
    ),
    Attack(
        "honest function",
        called="return x * 2",
        problem=lambda result: "" if str(result.output) == "['Tensor', [2.0, 2.0]]" else f"gave {result.output!r}",
    ),
)
