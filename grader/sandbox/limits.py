"""What a submission may use."""

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Per submission, but for the processor time, which is each process's."""

    memory_mb: int = 2048  # above what the sandbox itself holds
    processes: int = 64  # threads count too
    disk_mb: int = 256
    cpu_s: int = 300
    output_mb: int = 8  # what it may print
