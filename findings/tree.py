"""The codes of one codebook as a tree, in plain Python: one query however deep, and no other codebook's rows in it."""

from collections.abc import Iterable
from dataclasses import dataclass

from findings.models import Code, Codebook


@dataclass(frozen=True)
class Node:
    """A code in its place: depth 0 at the root; `path` is the names from the root down to it."""

    code: Code
    depth: int
    path: str


def tree_of(codes: Iterable[Code]) -> list[Node]:
    """Codes, each after its parent and among its siblings by position. One whose parent is not there is a root."""
    every = list(codes)
    present = {code.pk for code in every}
    below: dict[int | None, list[Code]] = {}
    for code in sorted(every, key=lambda one: (one.position, one.pk)):
        below.setdefault(code.parent_id if code.parent_id in present else None, []).append(code)
    found: list[Node] = []
    waiting = [(code, 0, "") for code in reversed(below.get(None, []))]
    while waiting:
        code, depth, above = waiting.pop()
        path = f"{above} › {code.name}" if above else code.name
        found.append(Node(code, depth, path))
        waiting += [(child, depth + 1, path) for child in reversed(below.get(code.pk, []))]
    return found


def codebook_tree(codebook: Codebook, *, in_use: bool = False) -> list[Node]:
    """A codebook's tree; with `in_use`, without retired codes. One query."""
    codes = Code.objects.filter(codebook=codebook).select_related("merged_into").order_by()
    return tree_of(codes.filter(retired_at=None) if in_use else codes)


def family_of(code: Code) -> set[int]:
    """The keys of a code and all below it. One query."""
    below: dict[int | None, list[int]] = {}
    for pk, parent in Code.objects.filter(codebook=code.codebook_id).order_by().values_list("pk", "parent"):
        below.setdefault(parent, []).append(pk)
    family, waiting = set(), [code.pk]
    while waiting:
        one = waiting.pop()
        if one not in family:
            family.add(one)
            waiting += below.get(one, [])
    return family
