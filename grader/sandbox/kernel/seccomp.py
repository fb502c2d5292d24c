"""The system-call filter: a deny list in classic BPF, assembled here (no dependency, half a millisecond).
It stands behind namespaces or Landlock. It refuses what reaches into other processes, the mount table, the kernel's
configuration and the io_uring back door; new namespaces; and network sockets."""

import ctypes
import errno
import platform
import struct
from collections.abc import Mapping, Sequence

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
    vmsplice=(278, 75), pidfd_open=(434, 434),
)  # fmt: skip
_SHARED_KERNEL_OBJECTS = dict(  # refused where no IPC namespace and no cgroup would hold or clean them up
    shmget=(29, 194), shmat=(30, 196), shmctl=(31, 195), semget=(64, 190), semop=(65, 193), semctl=(66, 191),
    semtimedop=(220, 192), msgget=(68, 186), msgsnd=(69, 189), msgrcv=(70, 188), msgctl=(71, 187), mq_open=(240, 180),
    mq_unlink=(241, 181), memfd_create=(319, 279),
)  # fmt: skip
# Where a submission runs as the same user as others. Landlock looks at none of these.
# Refused: they reach all processes of the user, or a file by its path alone.
_OF_THE_USER = dict(setpriority=(141, 140), ioprio_set=(251, 30), truncate=(76, 45))
_OF_ANY_PROCESS = dict(  # allowed on the calling process alone, as process 0
    prlimit64=(302, 261), sched_setparam=(142, 118), sched_setscheduler=(144, 119), sched_setaffinity=(203, 122),
    sched_setattr=(314, 274),
)  # fmt: skip
_OF_FILE_OWNERS = dict(  # without effect: every file of the user would be open to them, and copying a file uses them
    chmod=(90, None), fchmod=(91, 52), fchmodat=(268, 53), fchmodat2=(452, 452), chown=(92, None), fchown=(93, 55),
    lchown=(94, None), fchownat=(260, 54), utime=(132, None), utimes=(235, None), futimesat=(261, None),
    utimensat=(280, 88), setxattr=(188, 5), lsetxattr=(189, 6), fsetxattr=(190, 7), setxattrat=(463, 463),
    removexattr=(197, 14), lremovexattr=(198, 15), fremovexattr=(199, 16), removexattrat=(466, 466),
    file_setattr=(469, 469),
)  # fmt: skip
_CLONE, _CLONE3, _SOCKET, _IOCTL = (56, 220), (435, 435), (41, 198), (16, 29)
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000
_AF_UNIX = 1
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_MODE_FILTER = 2

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _ARG0, _ARG1 = 0, 4, 16, 24  # offsets in struct seccomp_data (low halves)
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000  # the last with an errno


def _op(code: int, if_true: int, if_false: int, value: int) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def _answer(call: int, answer: int) -> list[bytes]:
    return [_op(_EQUAL, 0, 1, call), _op(_RETURN, 0, 0, answer)]


def _answer_by_argument(
    call: int, argument: int, tests: Sequence[tuple[int, int]], where_one_holds: int, else_: int
) -> list[bytes]:
    last = len(tests) - 1
    return [
        _op(_EQUAL, 0, last + 4, call),
        _op(_LOAD, 0, 0, argument),
        *(_op(test, last - place, place == last, value) for place, (test, value) in enumerate(tests)),
        _op(_RETURN, 0, 0, where_one_holds),
        _op(_RETURN, 0, 0, else_),
    ]


def assemble(*, shares_user: bool, deny_shared_objects: bool) -> bytes:
    """The filter program for this machine.
    `shares_user`: no namespaces keep the submission apart from its user's other processes, so all sockets are refused
    too; elsewhere Unix sockets are allowed, which data loaders with workers need. Raises OSError on a processor whose
    system-call numbers are not listed here."""
    machine = platform.machine()
    if machine not in _AUDIT_ARCH:
        raise OSError(errno.ENOSYS, f"no seccomp filter for processor {machine}")
    column = list(_AUDIT_ARCH).index(machine)
    program = [
        _op(_LOAD, 0, 0, _ARCH),
        _op(_EQUAL, 1, 0, _AUDIT_ARCH[machine]),
        _op(_RETURN, 0, 0, _KILL),
        _op(_LOAD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":
        program += [_op(_AT_LEAST, 0, 1, _X32_BIT), _op(_RETURN, 0, 0, _REFUSE | errno.ENOSYS)]
    for call in _numbers(_DENIED | (_SHARED_KERNEL_OBJECTS if deny_shared_objects else {}), column):
        program += _answer(call, _REFUSE | errno.EPERM)
    if shares_user:
        for call in _numbers(_OF_THE_USER, column):
            program += _answer(call, _REFUSE | errno.EPERM)
        for call in _numbers(_OF_FILE_OWNERS, column):
            program += _answer(call, _REFUSE)
        for call in _numbers(_OF_ANY_PROCESS, column):
            program += _answer_by_argument(call, _ARG0, [(_EQUAL, 0)], _ALLOW, _REFUSE | errno.EPERM)
    # glibc falls back from clone3, whose flags a filter cannot see, to clone
    program += _answer(_CLONE3[column], _REFUSE | errno.ENOSYS)
    namespaces = [(_ANY_BIT, syscalls.ALL_NAMESPACES)]
    program += _answer_by_argument(_CLONE[column], _ARG0, namespaces, _REFUSE | errno.EPERM, _ALLOW)
    # EOPNOTSUPP rather than EACCES: libraries that look for interfaces then carry on without
    no_socket = _REFUSE | errno.EOPNOTSUPP
    if shares_user:
        program += _answer(_SOCKET[column], no_socket)
    else:
        program += _answer_by_argument(_SOCKET[column], _ARG0, [(_EQUAL, _AF_UNIX)], _ALLOW, no_socket)
    typing_for_others = [(_EQUAL, _TIOCSTI), (_EQUAL, _TIOCLINUX)]
    program += _answer_by_argument(_IOCTL[column], _ARG1, typing_for_others, _REFUSE | errno.EPERM, _ALLOW)
    return b"".join([*program, _op(_RETURN, 0, 0, _ALLOW)])


def _numbers(calls: Mapping[str, tuple[int, int | None]], column: int) -> list[int]:
    return [number for numbers in calls.values() if (number := numbers[column]) is not None]


def install(program: bytes) -> None:
    """Filter this process and all it starts; cannot be undone. Needs no_new_privs."""
    buffer = ctypes.create_string_buffer(program, len(program))
    described = ctypes.create_string_buffer(struct.pack("HP", len(program) // 8, ctypes.addressof(buffer)))
    syscalls.prctl(syscalls.PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(described), what="seccomp")
