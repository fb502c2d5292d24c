"""The system-call filter: a deny list in classic BPF, assembled here (no dependency, half a millisecond).
It stands behind namespaces or Landlock. It refuses what reaches into other processes, the mount table, the kernel's
configuration and the io_uring back door; new namespaces; and network sockets."""

import ctypes
import errno
import platform
import struct
from collections.abc import Iterable, Mapping, Sequence

from grader.sandbox.kernel import syscalls

# Numbers on x86_64 and on aarch64.
_DENIED = dict(
    ptrace=(101, 117), process_vm_readv=(310, 270), process_vm_writev=(311, 271), kcmp=(312, 272),
    pidfd_getfd=(438, 438), process_madvise=(440, 440), process_mrelease=(448, 448), mount=(165, 40),
    umount2=(166, 39), pivot_root=(155, 41), chroot=(161, 51), fsopen=(430, 430), fsconfig=(431, 431),
    fsmount=(432, 432), fspick=(433, 433), open_tree=(428, 428), move_mount=(429, 429), mount_setattr=(442, 442),
    unshare=(272, 97), setns=(308, 268), bpf=(321, 280), perf_event_open=(298, 241), userfaultfd=(323, 282),
    io_uring_setup=(425, 425), io_uring_enter=(426, 426), io_uring_register=(427, 427), add_key=(248, 217),
    request_key=(249, 218), keyctl=(250, 219), kexec_load=(246, 104), kexec_file_load=(320, 294),
    init_module=(175, 105), finit_module=(313, 273), delete_module=(176, 106), reboot=(169, 142), swapon=(167, 224),
    swapoff=(168, 225), acct=(163, 89), quotactl=(179, 60), quotactl_fd=(443, 443), syslog=(103, 116),
    settimeofday=(164, 170), clock_settime=(227, 112), adjtimex=(159, 171), clock_adjtime=(305, 266),
    sethostname=(170, 161), setdomainname=(171, 162), iopl=(172, None), ioperm=(173, None), modify_ldt=(154, None),
    open_by_handle_at=(304, 265), name_to_handle_at=(303, 264), lookup_dcookie=(212, None), fanotify_init=(300, 262),
    vhangup=(153, 58), personality=(135, 92), move_pages=(279, 239), migrate_pages=(256, 238), mbind=(237, 235),
    mknod=(133, None), mknodat=(259, 33), uselib=(134, None), ustat=(136, None), sysfs=(139, None),
    vmsplice=(278, 75), pidfd_open=(434, 434), pidfd_send_signal=(424, 424), fanotify_mark=(301, 263),
    set_mempolicy_home_node=(450, 450), open_tree_attr=(467, 467), statmount=(457, 457), listmount=(458, 458),
    lsm_set_self_attr=(460, 460), memfd_secret=(447, 447), seccomp=(317, 277), landlock_create_ruleset=(444, 444),
)  # fmt: skip
_SHARED_KERNEL_OBJECTS = dict(  # refused where nothing would hold or clean them up
    shmget=(29, 194), shmat=(30, 196), shmctl=(31, 195), semget=(64, 190), semop=(65, 193), semctl=(66, 191),
    semtimedop=(220, 192), msgget=(68, 186), msgsnd=(69, 189), msgrcv=(70, 188), msgctl=(71, 187), mq_open=(240, 180),
    mq_unlink=(241, 181), memfd_create=(319, 279),
)  # fmt: skip
# Where a submission runs as the same user as others. Landlock looks at none of these.
# Refused: they reach all processes of the user, a file by its path alone, or a socket by its name.
_OF_THE_USER = dict(
    setpriority=(141, 140), ioprio_set=(251, 30), truncate=(76, 45), inotify_init=(253, None), inotify_init1=(294, 26),
    inotify_add_watch=(254, 27), bind=(49, 200), connect=(42, 203), listen=(50, 201), accept=(43, 202),
    accept4=(288, 242), sendmsg=(46, 211), sendmmsg=(307, 269),
)  # fmt: skip
_OF_ANY_PROCESS = dict(  # allowed on the calling process alone, as process 0
    prlimit64=(302, 261), sched_setparam=(142, 118), sched_setscheduler=(144, 119), sched_setaffinity=(203, 122),
    sched_setattr=(314, 274),
)  # fmt: skip
_OF_FILE_OWNERS = dict(  # without effect: every file of the user would be open to them, and copying a file uses them
    chmod=(90, None), fchmod=(91, 52), fchmodat=(268, 53), fchmodat2=(452, 452), chown=(92, None), fchown=(93, 55),
    lchown=(94, None), fchownat=(260, 54), utime=(132, None), utimes=(235, None), futimesat=(261, None),
    utimensat=(280, 88), setxattr=(188, 5), lsetxattr=(189, 6), fsetxattr=(190, 7), setxattrat=(463, 463),
    removexattr=(197, 14), lremovexattr=(198, 15), fremovexattr=(199, 16), removexattrat=(466, 466),
    file_setattr=(469, 469), flock=(73, 32),
)  # fmt: skip
_SPECIAL = dict(  # looked at with their arguments
    clone=(56, 220), clone3=(435, 435), socket=(41, 198), socketpair=(53, 199), sendto=(44, 206), setsockopt=(54, 208),
    ioctl=(16, 29), fcntl=(72, 25), mmap=(9, 222), prctl=(157, 167),
)  # fmt: skip
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_FIRST_UNKNOWN = 470  # what the kernel will learn after this was written; the x32 calls of x86-64 are above it too
_NO_CALLS = {"x86_64": (335, 424), "aarch64": (295, 424)}  # from, to: numbers of other architectures
_AF_UNIX = 1
_STREAMS = [1 | flags for flags in (0, 0o4000, 0o2000000, 0o2004000)]  # non-blocking, closed on exec, both
_SO_SNDBUF, _SO_SNDBUFFORCE = 7, 32
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
# What says of a descriptor whether it is a terminal, how much can be read, and what becomes of it.
_HARMLESS_IOCTLS = (0x5401, 0x802C542A, 0x540F, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
_IOCTL_KIND, _IOCTLS_OF_NVIDIA = 0xFF00, (0x0000, 0x4600)
# duplicates, flags, whether there are locks, the size of a pipe, the seals of a file
_HARMLESS_FCNTLS = (0, 1, 2, 3, 4, 5, 36, 1027, 1030, 1032, 1034)
_FCNTLS_THAT_LOCK = (6, 7, 37, 38)
_MAP_KIND, _MAP_SHARED_ANONYMOUS = 0x2F, 0x21
_MODE_FILTER = 2

_LOAD, _AND, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data; the low half of each argument is enough
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000  # the last with an errno
_WITHOUT_EFFECT, _FORBIDDEN = _REFUSE, _REFUSE | errno.EPERM
_NO_SOCKET = _REFUSE | errno.EOPNOTSUPP  # rather than EACCES: libraries that look for interfaces then carry on without
_ALL_BITS = 0xFFFFFFFF


def _op(code: int, if_true: int, if_false: int, value: int) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def _answer(call: int, *looks: Sequence[bytes], otherwise: int) -> list[bytes]:
    """The answer of the first look that has one, see `_where`."""
    body = [op for look in looks for op in look]
    return [_op(_EQUAL, 0, len(body) + 1, call), *body, _op(_RETURN, 0, 0, otherwise)]


def _where(
    argument: int, values: Iterable[int], answer: int, *, mask: int = _ALL_BITS, test: int = _EQUAL
) -> list[bytes]:
    """Give `answer` where an argument of the call, of which the bits in `mask` are looked at, is one of `values`."""
    tests = [op for value in values for op in (_op(test, 0, 1, value), _op(_RETURN, 0, 0, answer))]
    return [_op(_LOAD, 0, 0, _ARGUMENTS + 8 * argument), _op(_AND, 0, 0, mask), *tests]


def assemble(*, shares_user: bool, deny_shared_objects: bool) -> bytes:
    """The filter program for this machine.
    `shares_user`: no namespaces keep the submission apart from its user's other processes, so all sockets but nameless
    pairs are refused too; elsewhere Unix sockets are allowed, which data loaders with workers need.
    `deny_shared_objects`: nothing counts or cleans up what lies in the kernel, so there must be little of it.
    Raises OSError on a processor whose system-call numbers are not listed here."""
    machine = platform.machine()
    if machine not in _AUDIT_ARCH:
        raise OSError(errno.ENOSYS, f"no seccomp filter for processor {machine}")
    column = list(_AUDIT_ARCH).index(machine)
    special = {name: numbers[column] for name, numbers in _SPECIAL.items()}
    first, end = _NO_CALLS[machine]
    program = [
        _op(_LOAD, 0, 0, _ARCH),
        _op(_EQUAL, 1, 0, _AUDIT_ARCH[machine]),
        _op(_RETURN, 0, 0, _KILL),
        _op(_LOAD, 0, 0, _NUMBER),
        _op(_AT_LEAST, 2, 0, _FIRST_UNKNOWN),
        _op(_AT_LEAST, 0, 2, first),
        _op(_AT_LEAST, 1, 0, end),
        _op(_RETURN, 0, 0, _REFUSE | errno.ENOSYS),
    ]
    for call in _numbers(_DENIED, column):
        program += _answer(call, otherwise=_FORBIDDEN)
    # glibc falls back from clone3, whose flags a filter cannot see, to clone
    program += _answer(special["clone3"], otherwise=_REFUSE | errno.ENOSYS)
    namespaces = _where(0, [syscalls.ALL_NAMESPACES], _FORBIDDEN, test=_ANY_BIT)
    program += _answer(special["clone"], namespaces, otherwise=_ALLOW)
    hiding = _where(0, [syscalls.PR_SET_DUMPABLE, syscalls.PR_SET_SECCOMP], _FORBIDDEN)
    program += _answer(special["prctl"], hiding, otherwise=_ALLOW)
    if deny_shared_objects:
        program += _keep_nothing_in_the_kernel(special, column)
    if shares_user:
        program += _keep_to_itself(special, column)
    else:
        program += _answer(special["socket"], _where(0, [_AF_UNIX], _ALLOW), otherwise=_NO_SOCKET)
        program += _answer(special["ioctl"], _where(1, [_TIOCSTI, _TIOCLINUX], _FORBIDDEN), otherwise=_ALLOW)
    return b"".join([*program, _op(_RETURN, 0, 0, _ALLOW)])


def _keep_nothing_in_the_kernel(special: Mapping[str, int], column: int) -> list[bytes]:
    """Memory that would be seen in no process: it could be given back and kept, or lie in a buffer or in a lock."""
    program = []
    for call in _numbers(_SHARED_KERNEL_OBJECTS, column):
        program += _answer(call, otherwise=_FORBIDDEN)
    shared = _where(3, [_MAP_SHARED_ANONYMOUS], _FORBIDDEN, mask=_MAP_KIND)
    program += _answer(special["mmap"], shared, otherwise=_ALLOW)
    larger_buffers = _where(2, [_SO_SNDBUF, _SO_SNDBUFFORCE], _FORBIDDEN)
    program += _answer(special["setsockopt"], larger_buffers, otherwise=_ALLOW)
    harmless, locking = _where(1, _HARMLESS_FCNTLS, _ALLOW), _where(1, _FCNTLS_THAT_LOCK, _WITHOUT_EFFECT)
    return program + _answer(special["fcntl"], harmless, locking, otherwise=_FORBIDDEN)


def _keep_to_itself(special: Mapping[str, int], column: int) -> list[bytes]:
    program = []
    for call in _numbers(_OF_THE_USER, column):
        program += _answer(call, otherwise=_FORBIDDEN)
    for call in _numbers(_OF_FILE_OWNERS, column):
        program += _answer(call, otherwise=_WITHOUT_EFFECT)
    for call in _numbers(_OF_ANY_PROCESS, column):
        program += _answer(call, _where(0, [0], _ALLOW), otherwise=_FORBIDDEN)
    program += _answer(special["socket"], otherwise=_NO_SOCKET)
    program += _answer(special["socketpair"], _where(1, _STREAMS, _ALLOW), otherwise=_NO_SOCKET)
    program += _answer(special["sendto"], _where(5, [0], _ALLOW), otherwise=_FORBIDDEN)  # the length of an address
    known, nvidia = _where(1, _HARMLESS_IOCTLS, _ALLOW), _where(1, _IOCTLS_OF_NVIDIA, _ALLOW, mask=_IOCTL_KIND)
    return program + _answer(special["ioctl"], known, nvidia, otherwise=_FORBIDDEN)


def _numbers(calls: Mapping[str, tuple[int, int | None]], column: int) -> list[int]:
    return [number for numbers in calls.values() if (number := numbers[column]) is not None]


def install(program: bytes) -> None:
    """Filter this process and all it starts; cannot be undone. Needs no_new_privs."""
    buffer = ctypes.create_string_buffer(program, len(program))
    described = ctypes.create_string_buffer(struct.pack("HP", len(program) // 8, ctypes.addressof(buffer)))
    syscalls.prctl(syscalls.PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(described), what="seccomp")
