"""The system-call filter, run by an interpreter of its own: every processor's program, whatever this machine is."""

import errno
import struct

import pytest

from grader.sandbox.kernel import seccomp

ALLOWED, KILLED, NO_EFFECT = "allowed", "killed", 0
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
I386 = 0x40000003
SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET = 1, 2, 3, 5
NONBLOCK, CLOEXEC = 0o4000, 0o2000000
MAP_SHARED, MAP_PRIVATE, MAP_ANONYMOUS, MAP_NORESERVE = 1, 2, 0x20, 0x4000
# struct fsxattr has 28 bytes, the argument of verity 128
SET_FLAGS, SET_FLAGS_32, SET_VERSION, SET_XATTR, VERITY = 0x40086602, 0x40046602, 0x40087602, 0x401C5820, 0x40806685
SET_LABEL, CLONE_FILE, SET_OWNER, ASYNC = 0x41009432, 0x40049409, 0x8901, 0x5452


@pytest.fixture(params=ARCHITECTURES)
def machine(request, monkeypatch) -> str:
    monkeypatch.setattr("platform.machine", lambda: request.param)
    return request.param


def answer(machine: str, call: str | int, *arguments: int, shares_user=True, counted=False, arch: int = 0) -> object:
    """What the filter makes of a call, by its name or number."""
    program = seccomp.assemble(shares_user=shares_user, deny_shared_objects=not counted)
    number = call if isinstance(call, int) else number_of(machine, call)
    words = [number, arch or ARCHITECTURES[machine], 0, 0]
    for argument in (*arguments, *[0] * (6 - len(arguments))):
        words += [argument & 0xFFFFFFFF, argument >> 32]
    ops = list(struct.iter_unpack("HBBI", program))
    place = value = 0
    while True:
        code, if_true, if_false, operand = ops[place]
        place += 1
        if code == 0x06:
            return {0x7FFF0000: ALLOWED, 0x80000000: KILLED}.get(operand, operand & 0xFFFF)
        if code == 0x20:
            value = words[operand // 4]
        elif code == 0x54:
            value &= operand
        else:
            holds = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}[code]
            place += if_true if holds else if_false


def number_of(machine: str, call: str) -> int:
    tables = (seccomp._DENIED, seccomp._SPECIAL, seccomp._SHARED_KERNEL_OBJECTS, seccomp._OF_THE_USER)
    tables += (seccomp._OF_ANY_PROCESS, seccomp._OF_FILE_OWNERS, {"read": (0, 63)})
    return next(table[call] for table in tables if call in table)[list(ARCHITECTURES).index(machine)]


def test_what_every_program_does_is_allowed(machine):
    for shares_user in (True, False):
        assert answer(machine, "read", 3, shares_user=shares_user) == ALLOWED
        assert answer(machine, "mmap", 0, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS, shares_user=shares_user) == ALLOWED
        assert answer(machine, "clone", 17, shares_user=shares_user) == ALLOWED


@pytest.mark.parametrize("number", [470, 512, 547, 700, 0x3FFFFFFF, 0x40000000, 0x40000000 | 521, 0xFFFFFFFF])
def test_a_call_that_was_not_known_is_as_if_the_kernel_had_none(machine, number):
    for shares_user in (True, False):
        assert answer(machine, number, shares_user=shares_user) == errno.ENOSYS


def test_numbers_between_those_of_one_processor_and_those_of_all_are_refused(machine):
    last_of_its_own = {"x86_64": 334, "aarch64": 293}[machine]
    assert answer(machine, last_of_its_own + 2) == errno.ENOSYS
    assert answer(machine, 423) == errno.ENOSYS
    assert answer(machine, 439) == ALLOWED  # faccessat2


def test_the_entry_of_another_architecture_ends_the_process(machine):
    assert answer(machine, 26, arch=I386) == KILLED


@pytest.mark.parametrize(
    "call", ["open_tree_attr", "memfd_secret", "fanotify_init", "fanotify_mark", "pidfd_send_signal", "seccomp"]
)
def test_these_are_refused_everywhere(machine, call):
    assert answer(machine, call, shares_user=False, counted=True) == errno.EPERM


@pytest.mark.parametrize("flags", [0, NONBLOCK, CLOEXEC, NONBLOCK | CLOEXEC])
def test_of_socket_pairs_only_streams_are_made(machine, flags):
    assert answer(machine, "socketpair", 1, SOCK_STREAM | flags) == ALLOWED
    for kind in (SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET):
        assert answer(machine, "socketpair", 1, kind | flags) == errno.EOPNOTSUPP
        assert answer(machine, "socketpair", 1, kind | flags, shares_user=False) == ALLOWED


@pytest.mark.parametrize("call", ["bind", "connect", "listen", "accept", "accept4", "sendmsg", "sendmmsg"])
def test_where_the_user_is_shared_no_socket_has_a_name(machine, call):
    assert answer(machine, call, 3) == errno.EPERM
    assert answer(machine, call, 3, shares_user=False) == ALLOWED


def test_a_message_to_a_named_socket_is_refused_and_one_to_the_other_end_is_not(machine):
    assert answer(machine, "sendto", 3, 4096, 1, 0, 1 << 47, 20) == errno.EPERM
    assert answer(machine, "sendto", 3, 4096, 1, 0, 0, 0) == ALLOWED


@pytest.mark.parametrize("request_", [SET_FLAGS, SET_FLAGS_32, SET_VERSION, SET_XATTR, VERITY, SET_LABEL, CLONE_FILE])
def test_no_ioctl_changes_a_file(machine, request_):
    assert answer(machine, "ioctl", 3, request_) == errno.EPERM
    assert answer(machine, "ioctl", 3, request_ | 1 << 40) == errno.EPERM  # the kernel looks at the low half


@pytest.mark.parametrize("request_", [SET_OWNER, ASYNC, 0x5412, 0x541C, 0x8902])
def test_no_ioctl_has_signals_sent_or_types_for_others(machine, request_):
    assert answer(machine, "ioctl", 3, request_) == errno.EPERM


@pytest.mark.parametrize("request_", [0x5401, 0x5413, 0x541B, 0x5421, 0x5451, 0xC0284627, 0x30000001, 0x25])
def test_terminals_descriptors_and_graphics_cards_are_asked_as_ever(machine, request_):
    assert answer(machine, "ioctl", 3, request_) == ALLOWED


@pytest.mark.parametrize("command", [8, 10, 15, 1024, 1026, 1031, 1033, 1036, 5000])
def test_leases_notices_owners_and_sizes_of_pipes_are_refused(machine, command):
    assert answer(machine, "fcntl", 3, command) == errno.EPERM
    assert answer(machine, "fcntl", 3, command, shares_user=False, counted=True) == ALLOWED


def test_locks_have_no_effect_where_others_could_wait_for_them(machine):
    assert answer(machine, "flock", 3, 2) == NO_EFFECT
    assert answer(machine, "fcntl", 3, 6) == NO_EFFECT
    assert answer(machine, "fcntl", 3, 1030) == ALLOWED


def test_shared_memory_without_a_name_is_refused_where_nothing_counts_it(machine):
    shared = MAP_SHARED | MAP_ANONYMOUS
    for flags in (shared, shared | MAP_NORESERVE):
        assert answer(machine, "mmap", 0, 4096, 3, flags) == errno.EPERM
        assert answer(machine, "mmap", 0, 4096, 3, flags, shares_user=False, counted=True) == ALLOWED
    assert answer(machine, "mmap", 0, 4096, 3, MAP_SHARED) == ALLOWED  # of a file


def test_a_process_cannot_hide_what_it_holds(machine):
    assert answer(machine, "prctl", 4, 0) == errno.EPERM
    assert answer(machine, "prctl", 15) == ALLOWED  # its name


@pytest.mark.parametrize("call", ["inotify_init1", "inotify_add_watch"])
def test_files_of_others_are_not_watched(machine, call):
    assert answer(machine, call) == errno.EPERM
    assert answer(machine, call, shares_user=False) == ALLOWED


def test_larger_buffers_are_refused_where_nothing_counts_them(machine):
    for option in (7, 32):
        assert answer(machine, "setsockopt", 3, 1, option) == errno.EPERM
    assert answer(machine, "setsockopt", 3, 1, 20) == ALLOWED
