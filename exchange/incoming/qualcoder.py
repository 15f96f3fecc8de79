"""QualCoder: what is its own in REFI-QDA projects, and tables of codes, its own and those of others (CSV)."""

from uuid import uuid5

from exchange.incoming.guids import NAMESPACE
from exchange.incoming.records import InCode, InCodebook, Incoming, Limits, Unreadable
from exchange.incoming.tables import Table
from findings.codebook_csv import ABOVE, COLUMNS

KIND = "Codebook (CSV)"
NAMES = (*COLUMNS["path"], "codename", "tag")
ABOVE_IT = ("category", "categories", "parent", "category name")
SAID = COLUMNS["definition"]


def keeps_guids(origin: str) -> bool:
    """Whether a program gives a record the same GUID in every export. QualCoder makes new ones each time:
    its records are known by their names and places instead."""
    return not origin.casefold().startswith("qualcoder")


def is_codebook(header: list[str]) -> bool:
    """Whether a table is one of codes: it names them, and says what they mean or where they stand."""
    return bool(set(header) & set(NAMES)) and "content" not in header and "quote_id" not in header


def read_codebook_csv(table: Table, limits: Limits) -> Incoming:
    """A table of codes: `path` like “Leading > Vision”, or a name and the category that it stands below."""
    column = next(name for name in NAMES if name in table.header)
    above = next((name for name in ABOVE_IT if name in table.header), "")
    said = {key: next((name for name in names if name in table.header), "") for key, names in COLUMNS.items()}
    space = uuid5(NAMESPACE, "codebook csv")
    held = Incoming(KIND, uuid5(space, "study"), "Codebook")
    held.codebooks = [InCodebook(uuid5(space, table.text), "Codebook")]  # it has no name: its codes are what it is
    codes: dict[tuple[str, ...], InCode] = {}
    for number, row in table.rows():
        path = (*_path(row[above] if above else ""), *_path(row[column]))
        if not path or not all(path):
            raise Unreadable("The row has an empty name.", place=f"row {number:,}")
        for depth in range(1, len(path) + 1):
            _add(held, codes, path[:depth])
            if len(codes) > limits.codes:
                raise Unreadable(f"There are more than {limits.codes:,} codes.", place=f"row {number:,}")
        code = codes[_key(path)]
        code.definition = row.get(said["definition"], "").strip() or code.definition
        code.include = row.get(said["include"], "").strip() or code.include
        code.exclude = row.get(said["exclude"], "").strip() or code.exclude
        hue = row.get(said["colour"], "").strip()
        code.hue = int(hue) if hue in set("12345678") and hue else code.hue
    held.codes = _in_order(list(codes.values()))
    return held


def _key(path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.casefold() for name in path)


def _path(cell: str) -> tuple[str, ...]:
    sign = next((one for one in ABOVE if one in cell), None)
    parts = cell.split(sign) if sign else [cell]
    return tuple(" ".join(part.split()) for part in parts) if cell.strip() else ()


def _add(held: Incoming, codes: dict[tuple[str, ...], InCode], path: tuple[str, ...]) -> None:
    key = _key(path)
    if key not in codes:
        book = held.codebooks[0].guid
        parent = codes[key[:-1]].guid if len(key) > 1 else None
        codes[key] = InCode(uuid5(book, " > ".join(key)), path[-1], book, parent)


def _in_order(codes: list[InCode]) -> list[InCode]:
    """Each code after the one above it, among its siblings as they came."""
    below: dict = {}
    for one in codes:
        below.setdefault(one.parent, []).append(one)
    found, waiting = [], list(reversed(below.get(None, [])))
    while waiting:
        found.append(waiting.pop())
        waiting += reversed(below.get(found[-1].guid, []))
    return found
