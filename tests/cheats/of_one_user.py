"""Attacks by what one user's processes share: sockets, files, watches, command lines, and what the kernel keeps."""

from attacks import Attack, Result, _ended, _memory_was_held, _said


def _stopped(result: Result) -> str:
    return _memory_was_held(result) if "BREACH" not in result.log else "see BREACH in its log"


ATTACKS = (
    Attack(
        "sends to named sockets through pairs of sockets",
        """
        kinds = dict(datagram=socket.SOCK_DGRAM, raw=socket.SOCK_RAW, packets=socket.SOCK_SEQPACKET, stream=1)
        for name, kind in kinds.items():
            for flags in (0, socket.SOCK_NONBLOCK, socket.SOCK_CLOEXEC, socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC):
                for address in (DATAGRAMS, chr(0) + ABSTRACT_DATAGRAMS):
                    def send():
                        ends = socket.socketpair(socket.AF_UNIX, kind | flags)
                        ends[0].sendto(b"x", address)

                    def connect():
                        ends = socket.socketpair(socket.AF_UNIX, kind | flags)
                        ends[0].connect(address)
                        ends[0].send(b"x")

                    def pass_a_file():
                        ends = socket.socketpair(socket.AF_UNIX, kind | flags)
                        files = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", 1))]
                        ends[0].sendmsg([b"x"], files, 0, address)

                    for action in (send, connect, pass_a_file):
                        (must_fail if SHARED else look)(f"{name} {action.__name__}", action)
        """,
        problem=lambda result: f"reached {result.reached}" if result.reached else "",
    ),
    Attack(
        "is reached by a socket with a name",
        """
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            for name in ("mine", chr(0) + "grade-mine"):
                def bind():
                    ends = socket.socketpair(socket.AF_UNIX, kind)
                    ends[0].bind(name)

                def listen():
                    ends = socket.socketpair(socket.AF_UNIX, kind)
                    ends[0].listen(1)

                (must_fail if SHARED else look)("bind", bind)
                must_fail("listen", listen)
        """,
    ),
    Attack(
        "changes flags, versions and verity of files",
        """
        import fcntl

        with open("file", "w") as file:
            file.write("x")
        flags = struct.pack("l", 0x40)  # not to be dumped: any owner may set it
        tried = dict(
            flags=(0x40086602, flags), flags32=(0x40046602, flags), version=(0x40087602, struct.pack("l", 7)),
            attributes=(0x401C5820, struct.pack("5I8x", 0x80, 0, 0, 0, 0)), verity=(0x40806685, bytes(128)),
            label=(0x41009432, bytes(256)), owner=(0x8901, struct.pack("i", 1)),
        )
        places = ["file", sys.executable, sys.modules["os"].__file__]
        for place in places:
            with open(place, "rb") as file:
                for name, (number, argument) in tried.items():
                    if place == "file" and not SHARED:
                        look(name, lambda: fcntl.ioctl(file, number, argument))  # its own file system
                    else:
                        must_fail(f"{name} of {place}", lambda: fcntl.ioctl(file, number, argument))
        """,
    ),
    Attack(
        "leases, watches and locks what it may only read",
        """
        import fcntl

        path = sys.modules["os"].__file__
        if not SHARED:
            return
        for place in (path, "own"):
            with open(place, "rb" if place == path else "w") as file:
                must_fail("lease", lambda: fcntl.fcntl(file, 1024, 0))
                must_fail("signal", lambda: fcntl.fcntl(file, 10, 0))
                must_fail("owner", lambda: fcntl.fcntl(file, fcntl.F_SETOWN, os.getpid()))
                look("lock", lambda: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB))
                with open(place, "rb") as again:
                    try:
                        fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    except OSError:
                        say("BREACH: others wait for its lock of", place)
        folder = os.open(os.path.dirname(path), os.O_RDONLY)
        must_fail("notice", lambda: fcntl.fcntl(folder, fcntl.F_NOTIFY, fcntl.DN_ACCESS))
        """,
    ),
    Attack(
        "watches folders and files of the judge",
        """
        def watch(place):
            number = libc.inotify_init1(0)
            if number < 0 or libc.inotify_add_watch(number, place.encode(), 0xFFF) < 0:
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

        for place in (os.path.dirname(SECRETS[0]), *SECRETS, os.path.dirname(os.getcwd()) if SHARED else "/nowhere"):
            must_fail(f"watch {place}", lambda: watch(place))
        """,
    ),
    Attack(
        "reads command lines and states of other processes",
        """
        for pid in (JUDGE, LAUNCHER, os.getppid(), 1 if SHARED else 0):
            for name in ("cmdline", "comm", "status", "stat", "statm", "io", "limits", "mountinfo", "net/unix"):
                if pid > 0:
                    must_fail(f"{pid} {name}", lambda: open(f"/proc/{pid}/{name}", "rb").read(200) or 1 / 0)
        for name in ("net/unix", "locks", "sysvipc/shm", "mounts", "key-users", "self/../1/cmdline"):
            if SHARED:
                must_fail(name, lambda: open(f"/proc/{name}").read(200))
        if SHARED:
            must_fail("list", lambda: os.listdir("/proc"))
        say("own", len(open("/proc/self/cmdline").read()) if os.path.exists("/proc/self") else 0)
        """,
        problem=_said("own"),
    ),
    Attack(
        "makes system calls that are new",
        """
        system_call("open_tree_attr", -100, b".", 0, 0, 0)
        system_call("memfd_secret", 0)
        system_call("fanotify_init", 0x200, 0)
        system_call("pidfd_send_signal", 3, 0, 0, 0)
        system_call("listmount", 0, 0, 0, 0)
        system_call("landlock_create_ruleset", 0, 0, 1)
        for number in (*range(470, 560), 1000, 0x3FFFFFFF, 0x40000000 | 39, 0x40000000 | 521):
            NUMBERS["unknown"] = number
            system_call("unknown", 0, 0, 0, 0, 0, 0)
        """,
    ),
    Attack(
        "gives shared memory back and keeps it",
        """
        def hold():
            held = mmap.mmap(-1, 300 << 20)
            block = bytes(4 << 20)
            for start in range(0, 300 << 20, 4 << 20):
                held[start : start + (4 << 20)] = block
                held.madvise(mmap.MADV_DONTNEED, start, 4 << 20)
            return held

        hold_in_children(hold, 8)
        """,
        problem=_stopped,
    ),
    Attack(
        "maps shared memory of a device",
        """
        def hold():
            device = os.open("/dev/zero", os.O_RDONLY)
            held = mmap.mmap(device, 300 << 20, mmap.MAP_SHARED, mmap.PROT_READ)
            for start in range(0, 300 << 20, 4 << 20):
                held[start : start + (4 << 20)]
                held.madvise(mmap.MADV_DONTNEED, start, 4 << 20)
            return held

        hold_in_children(hold, 8)
        """,
        problem=_stopped,
    ),
    Attack(
        "holds memory in the buffers of sockets",
        """
        reader, writer = os.pipe()
        block = b"x" * 65536
        for _ in range(18):
            if os.fork() == 0:
                held, ends = 0, []
                try:
                    while held < 100 << 20:
                        ends += socket.socketpair()
                        for end in ends[-2:]:
                            end.setblocking(False)
                            try:
                                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)
                            except OSError:
                                pass
                            try:
                                while True:
                                    held += end.send(block)
                            except BlockingIOError:
                                continue
                except OSError:
                    pass
                os.write(writer, struct.pack("q", held))
                time.sleep(20)
                os._exit(0)
        os.close(writer)
        time.sleep(5)
        os.set_blocking(reader, False)
        total = sum(held for (held,) in struct.iter_unpack("q", os.read(reader, 65536))) >> 20
        say("BREACH: sockets hold" if total > 1600 else "stopped at", total, "MB")
        """,
        problem=_stopped,
        timeout_s=20,
    ),
    Attack(
        "holds memory in its files and beside them",
        """
        for folder in (os.getcwd(), "/scratch", "/dev/shm"):
            try:
                with open(f"{folder}/held", "wb") as file:
                    file.write(bytes(60 << 20))
            except OSError as error:
                say("refused:", folder, error)
        held = bytearray(400 << 20)
        time.sleep(1)
        say("held", sum(os.path.exists(f"{folder}/held") for folder in ("/box", "/scratch", "/dev/shm")))
        """,
        problem=lambda result: (
            _ended("held more than")(result) if result.tier == "namespaces" and not result.grouped else ""
        ),
    ),
    Attack(
        "holds memory in locks",
        """
        import fcntl

        with open("locked", "wb") as file:
            for offset in range(0, 4000, 2):
                fcntl.lockf(file, fcntl.LOCK_EX, 1, offset)  # a hundred bytes of the kernel's for each
            pid = os.fork()
            if pid == 0:
                try:
                    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 0)
                except OSError:
                    os._exit(1)
                os._exit(0)
            say("locks have", "an effect" if os.waitpid(pid, 0)[1] else "no effect")
        """,
        problem=lambda result: "" if result.grouped and result.tier == "namespaces" else _said("no effect")(result),
    ),
    Attack(
        "fills the disk with files that nobody sees",
        """
        block = b"x" * (1 << 20)
        held, files = 0, []
        try:
            for number in range(60):
                files.append(open("unseen", "wb", buffering=0))
                os.unlink("unseen")
                for _ in range(40):
                    held += files[-1].write(block) >> 20
                time.sleep(0.05)
        except OSError as error:
            say("full after", held, "MB:", error)
            return
        say("BREACH: wrote", held, "MB")
        """,
        problem=lambda result: "" if "full after" in result.log else _ended("of files")(result),
        timeout_s=20,
    ),
    Attack(
        "fills the disk with files that are only mapped",
        """
        block = b"x" * (1 << 20)
        maps, held = [], 0
        try:
            for number in range(60):
                with open("mapped", "w+b", buffering=0) as file:
                    os.unlink("mapped")
                    for _ in range(40):
                        held += file.write(block) >> 20
                    maps.append(mmap.mmap(file.fileno(), 4096, mmap.MAP_PRIVATE))
                os.closerange(4, 64)  # Python keeps a descriptor of what it maps
                time.sleep(0.05)
        except OSError as error:
            say("full after", held, "MB:", error)
            return
        say("BREACH: wrote", held, "MB")
        """,
        problem=lambda result: "" if "full after" in result.log else _ended("of files")(result),
        timeout_s=20,
    ),
    Attack(
        "fills the disk with files that travel unread",
        """
        block = b"x" * (1 << 20)
        left, right = socket.socketpair()
        held = 0
        try:
            for number in range(60):
                with open("sent", "wb", buffering=0) as file:
                    os.unlink("sent")
                    for _ in range(40):
                        held += file.write(block) >> 20
                    left.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", file.fileno()))])
                time.sleep(0.05)
        except OSError as error:
            say("full after", held, "MB:", error)
            return
        say("BREACH: wrote", held, "MB")
        """,
        problem=lambda result: "" if "full after" in result.log else _ended("of files")(result),
        timeout_s=20,
    ),
    Attack(
        "hides what its processes hold",
        """
        must_fail("not to be looked into", lambda: 1 / 0 if libc.prctl(4, 0, 0, 0, 0) else "hidden")
        """,
    ),
)
