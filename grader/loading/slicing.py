"""The backward slice of a program: which top-level statements the wanted names depend on.

A demand is a name at a position: what the statement there reads, or, at the end, what a function may read
when it is called later. Going backwards from that position every statement that binds or changes the name is
kept, until one that binds it anew. Training at top level changes no definition and so falls away.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from grader.loading.effects import Effects

# Calls on a module that change how later code computes; other calls on modules change nothing we need.
_STATEFUL_CALLS = {
    "manual_seed", "manual_seed_all", "seed", "set_default_dtype", "set_default_device", "set_default_tensor_type",
    "set_grad_enabled", "use_deterministic_algorithms", "set_float32_matmul_precision", "setrecursionlimit", "register",
}  # fmt: skip


def slice_program(
    effects: Sequence[Effects], wanted: Iterable[str], known: Collection[str], last_resort: Collection[int] = ()
) -> list[int]:
    """Positions of the statements to execute, in order, so that `wanted` are defined and their bodies can run.

    `known` names need no definition (builtins). Statements in `last_resort` (a main guard's, training loops)
    are kept only for a name that nothing else binds.
    """
    return _Slice(effects, known, last_resort).of(wanted)


class _Slice:
    def __init__(self, effects: Sequence[Effects], known: Collection[str], last_resort: Collection[int]) -> None:
        self.effects = effects
        self.known = known
        self.end = len(effects)
        self.modules = {name for e in effects for name in e.imports}
        self.binders = _binders(effects)
        self.touches: dict[str, list[int]] = defaultdict(list)
        self.reserve: dict[str, list[int]] = defaultdict(list)
        for position, statement in enumerate(effects):
            index = self.reserve if position in last_resort else self.touches
            for name in self.binders[position] | self._changed(statement):
                index[name].append(position)
        self.dynamic = [p for p, e in enumerate(effects) if e.dynamic and p not in last_resort]

    def of(self, wanted: Iterable[str]) -> list[int]:
        kept: set[int] = set()
        waiting = [(name, self.end) for name in wanted]
        for position, statement in enumerate(self.effects):
            if statement.imports_all:
                kept.add(position)
                waiting += [(name, position) for name in statement.uses]
        seen: set[tuple[str, int]] = set()
        while waiting:
            demand = waiting.pop()
            if demand in seen:
                continue
            seen.add(demand)
            for position in self._needed_for(*demand):
                kept.add(position)
                waiting += [(name, position) for name in self.effects[position].uses]
                for name in self.effects[position].called:  # by whoever asks, and by the probe in the end
                    waiting += [(name, demand[1]), (name, self.end)]
        return sorted(kept)

    def _needed_for(self, name: str, at: int) -> list[int]:
        positions = self.touches.get(name, [])
        if not any(name in self.binders[p] for p in positions):
            positions = sorted(positions + self.reserve.get(name, []))
        before = bisect_left(positions, at)
        needed = []
        for position in reversed(positions[:before]):
            needed.append(position)
            if name in self.effects[position].binds and self.effects[position].replaces:
                return needed
        if not any(name in self.binders[p] for p in needed):
            needed += positions[before:]  # cells out of order: the loader tries the early statement again
            if name not in self.known and not any(name in self.binders[p] for p in needed):
                needed += self.dynamic
        return needed

    def _changed(self, statement: Effects) -> set[str]:
        called = {name for name, method in statement.methods if (name not in self.modules) or method in _STATEFUL_CALLS}
        return statement.changes | called


def _binders(effects: Sequence[Effects]) -> list[set[str]]:
    """Names that each statement binds, with those that a function it may call declares `global`."""
    declared: dict[str, set[str]] = defaultdict(set)
    reads: dict[str, set[str]] = defaultdict(set)
    for statement in effects:
        for name in statement.binds:
            declared[name] |= statement.declares
            reads[name] |= statement.called
    if not any(declared.values()):
        return [e.binds for e in effects]
    growing = True
    while growing:
        growing = False
        for name, called in reads.items():
            more = set[str]().union(*(declared[c] for c in called if c in declared)) - declared[name]
            if more:
                declared[name] |= more
                growing = True
    return [e.binds | set[str]().union(*(declared[u] for u in e.uses if u in declared)) for e in effects]
