"""The system-call filter: a deny list in classic BPF, assembled here (no dependency, half a millisecond).

It stands behind namespaces or Landlock. It refuses what reaches into other processes, the mount table, the
kernel's configuration and the io_uring back door; new namespaces; and network sockets.
"""

import ctypes
import errno
import platform
import struct
from collections.abc import Sequence

from grader.sandbox.kernel import syscalls

_X86_64 = dict(
    ptrace=101, process_vm_readv=310, process_vm_writev=311, kcmp=312, pidfd_getfd=438, process_madvise=440,
    process_mrelease=448, mount=165, umount2=166, pivot_root=155, chroot=161, fsopen=430, fsconfig=431,
    fsmount=432, fspick=433, open_tree=428, move_mount=429, mount_setattr=442, unshare=272, setns=308, bpf=321,
    perf_event_open=298, userfaultfd=323, io_uring_setup=425, io_uring_enter=426, io_uring_register=427,
    add_key=248, request_key=249, keyctl=250, kexec_load=246, kexec_file_load=320, init_module=175,
    finit_module=313, delete_module=176, reboot=169, swapon=167, swapoff=168, acct=163, quotactl=179,
    quotactl_fd=443, syslog=103, settimeofday=164, clock_settime=227, adjtimex=159, clock_adjtime=305,
    sethostname=170, setdomainname=171, iopl=172, ioperm=173, modify_ldt=154, open_by_handle_at=304,
    name_to_handle_at=303, lookup_dcookie=212, fanotify_init=300, vhangup=153, personality=135, move_pages=279,
    migrate_pages=256, mbind=237, mknod=133, mknodat=259, uselib=134, ustat=136, sysfs=139, vmsplice=278,
    pidfd_open=434,
)  # fmt: skip
_AARCH64 = dict(
    ptrace=117, process_vm_readv=270, process_vm_writev=271, kcmp=272, pidfd_getfd=438, process_madvise=440,
    process_mrelease=448, mount=40, umount2=39, pivot_root=41, chroot=51, fsopen=430, fsconfig=431, fsmount=432,
    fspick=433, open_tree=428, move_mount=429, mount_setattr=442, unshare=97, setns=268, bpf=280,
    perf_event_open=241, userfaultfd=282, io_uring_setup=425, io_uring_enter=426, io_uring_register=427,
    add_key=217, request_key=218, keyctl=219, kexec_load=104, kexec_file_load=294, init_module=105,
    finit_module=273, delete_module=106, reboot=142, swapon=224, swapoff=225, acct=89, quotactl=60,
    quotactl_fd=443, syslog=116, settimeofday=170, clock_settime=112, adjtimex=171, clock_adjtime=266,
    sethostname=161, setdomainname=162, open_by_handle_at=265, name_to_handle_at=264, fanotify_init=262,
    vhangup=58, personality=92, move_pages=239, migrate_pages=238, mbind=235, mknodat=33, vmsplice=75,
    pidfd_open=434,
)  # fmt: skip
_SHARED_KERNEL_OBJECTS = {  # refused where no IPC namespace and no cgroup would hold or clean them up
    "x86_64": dict(
        shmget=29, shmat=30, shmctl=31, semget=64, semop=65, semctl=66, semtimedop=220, msgget=68, msgsnd=69,
        msgrcv=70, msgctl=71, mq_open=240, mq_unlink=241, memfd_create=319,
    ),
    "aarch64": dict(
        shmget=194, shmat=196, shmctl=195, semget=190, semop=193, semctl=191, semtimedop=192, msgget=186,
        msgsnd=189, msgrcv=188, msgctl=187, mq_open=180, mq_unlink=181, memfd_create=279,
    ),
}  # fmt: skip
# Where a submission runs as the same user as others. Landlock looks at none of these.
_OF_THE_USER = {  # refused: they reach all processes of the user, or a file by its path alone
    "x86_64": dict(setpriority=141, ioprio_set=251, truncate=76),
    "aarch64": dict(setpriority=140, ioprio_set=30, truncate=45),
}
_OF_ANY_PROCESS = {  # allowed on the calling process alone, as process 0
    "x86_64": dict(
        prlimit64=302, sched_setparam=142, sched_setscheduler=144, sched_setaffinity=203, sched_setattr=314,
    ),
    "aarch64": dict(
        prlimit64=261, sched_setparam=118, sched_setscheduler=119, sched_setaffinity=122, sched_setattr=274,
    ),
}  # fmt: skip
_OF_FILE_OWNERS = {  # without effect: every file of the user would be open to them, and copying a file uses them
    "x86_64": dict(
        chmod=90, fchmod=91, fchmodat=268, fchmodat2=452, chown=92, fchown=93, lchown=94, fchownat=260, utime=132,
        utimes=235, futimesat=261, utimensat=280, setxattr=188, lsetxattr=189, fsetxattr=190, setxattrat=463,
        removexattr=197, lremovexattr=198, fremovexattr=199, removexattrat=466, file_setattr=469,
    ),
    "aarch64": dict(
        fchmod=52, fchmodat=53, fchmodat2=452, fchown=55, fchownat=54, utimensat=88, setxattr=5, lsetxattr=6,
        fsetxattr=7, setxattrat=463, removexattr=14, lremovexattr=15, fremovexattr=16, removexattrat=466,
        file_setattr=469,
    ),
}  # fmt: skip
_SPECIAL = {
    "x86_64": dict(clone=56, clone3=435, socket=41, ioctl=16),
    "aarch64": dict(clone=220, clone3=435, socket=198, ioctl=29),
}
_DENIED = {"x86_64": _X86_64, "aarch64": _AARCH64}
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000
_AF_UNIX = 1
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_MODE_FILTER = 2

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _ARG0, _ARG1 = 0, 4, 16, 24  # offsets in struct seccomp_data (low halves)
_ALLOW, _KILL = 0x7FFF0000, 0x80000000


def _refuse(number: int) -> int:
    return 0x00050000 | number


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

    `shares_user`: no namespaces keep the submission apart from its user's other processes, so all sockets are
    refused too; elsewhere Unix sockets are allowed, which data loaders with workers need.
    Raises OSError on a processor whose system-call numbers are not listed here.
    """
    machine = platform.machine()
    if machine not in _DENIED:
        raise OSError(errno.ENOSYS, f"no seccomp filter for processor {machine}")
    special = _SPECIAL[machine]
    program = [
        _op(_LOAD, 0, 0, _ARCH),
        _op(_EQUAL, 1, 0, _AUDIT_ARCH[machine]),
        _op(_RETURN, 0, 0, _KILL),
        _op(_LOAD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":
        program += [_op(_AT_LEAST, 0, 1, _X32_BIT), _op(_RETURN, 0, 0, _refuse(errno.ENOSYS))]
    for call in (_DENIED[machine] | (_SHARED_KERNEL_OBJECTS[machine] if deny_shared_objects else {})).values():
        program += _answer(call, _refuse(errno.EPERM))
    if shares_user:
        program += _keep_to_itself(machine)
    # glibc falls back from clone3, whose flags a filter cannot see, to clone
    program += _answer(special["clone3"], _refuse(errno.ENOSYS))
    namespaces = [(_ANY_BIT, syscalls.ALL_NAMESPACES)]
    program += _answer_by_argument(special["clone"], _ARG0, namespaces, _refuse(errno.EPERM), _ALLOW)
    # EOPNOTSUPP rather than EACCES: libraries that look for interfaces then carry on without
    no_socket = _refuse(errno.EOPNOTSUPP)
    if shares_user:
        program += _answer(special["socket"], no_socket)
    else:
        program += _answer_by_argument(special["socket"], _ARG0, [(_EQUAL, _AF_UNIX)], _ALLOW, no_socket)
    typing_for_others = [(_EQUAL, _TIOCSTI), (_EQUAL, _TIOCLINUX)]
    program += _answer_by_argument(special["ioctl"], _ARG1, typing_for_others, _refuse(errno.EPERM), _ALLOW)
    return b"".join([*program, _op(_RETURN, 0, 0, _ALLOW)])


def _keep_to_itself(machine: str) -> list[bytes]:
    program = []
    for call in _OF_THE_USER[machine].values():
        program += _answer(call, _refuse(errno.EPERM))
    for call in _OF_FILE_OWNERS[machine].values():
        program += _answer(call, _refuse(0))
    for call in _OF_ANY_PROCESS[machine].values():
        program += _answer_by_argument(call, _ARG0, [(_EQUAL, 0)], _ALLOW, _refuse(errno.EPERM))
    return program


def install(program: bytes) -> None:
    """Filter this process and all it starts; cannot be undone. Needs no_new_privs."""
    buffer = ctypes.create_string_buffer(program, len(program))
    described = ctypes.create_string_buffer(struct.pack("HP", len(program) // 8, ctypes.addressof(buffer)))
    syscalls.prctl(syscalls.PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(described), what="seccomp")
