"""The codebooks of REFI-QDA files: a tree of codes, in a project or in a file of its own."""

from typing import IO, Any
from uuid import UUID, uuid5

from exchange.incoming.guids import Guids
from exchange.incoming.records import InCode, InCodebook, Incoming, Limits, Unreadable
from exchange.incoming.xml import at, child, children, elements, local, namespace, text_of
from exchange.refi_qda import COLOURS, container_guid_of
from exchange.refi_text import parted

KIND = "REFI-QDA codebook (.qdc)"
NAMESPACE = "urn:QDA-XML:codebook:"
LONGEST_NAME = 120


def read_qdc(file: IO[bytes], limits: Limits) -> Incoming:
    """The codes of a .qdc. Raises Unreadable."""
    guids, root, count = Guids("The file"), None, 0
    for event, element in elements(file, "The file"):
        if root is None:
            root = element
            if local(root) != "CodeBook" or not namespace(root).startswith(NAMESPACE):
                raise Unreadable("This is XML, but no REFI-QDA codebook.", place=at("The file", root))
        if event == "start" and local(element) == "Code":
            count = counted(count, limits, element)
    assert root is not None
    held = Incoming(KIND, guids.derived("codebook", root.get("origin", "")), "Codebook")
    codes = child(root, "Codes")
    sets = [one for one in root.iter() if local(one) == "Set"]
    members = [(one.get("guid", ""), one.get("name", ""), text_of(one, "Description")) for one in sets]
    read_codes(held, [] if codes is None else children(codes, "Code"), members, guids, root.get("origin", ""))
    return held


def counted(count: int, limits: Limits, element: Any) -> int:
    """One code more. Raises Unreadable past the limit."""
    if count >= limits.codes:
        raise Unreadable(f"The codebook has more than {limits.codes:,} codes.", place=at("The codebook", element))
    return count + 1


def read_codes(
    held: Incoming, roots: list[Any], sets: list[tuple[str, str, str]], guids: Guids, origin: str
) -> dict[UUID, list[UUID]]:
    """Codes into codebooks; returns the notes of each code. `sets`: GUID, name and description of each.

    A set of this site is a codebook: its codes stand below a code of its own, or, in a codebook file, are all there is.
    """
    found = [(guids.read(guid, None), name, said) for guid, name, said in sets if guid]
    ours = {container_guid_of(guid): _codebook(guid, name, said) for guid, name, said in found if guid}
    whole = None
    if origin == "ICT Lead" and len(found) == 1:
        guid, name, said = found[0]
        whole = _codebook(guid, name, said) if guid else None
    notes: dict[UUID, list[UUID]] = {}
    rest: InCodebook | None = None
    left = len(found)
    for root in roots:
        guid = guids.own(root, "code", root.get("name", ""))
        codebook = ours.get(guid)
        if codebook is not None:
            held.codebooks.append(codebook)
            left -= 1
            for one in children(root, "Code"):
                _read(held, one, codebook.guid, None, guids, notes, is_ours=True)
            continue
        if rest is None:
            rest = whole if held.kind == KIND and whole else InCodebook(uuid5(held.guid, "codebook"), held.name)
            left -= rest is whole
            held.codebooks.append(rest)
        _read(held, root, rest.guid, None, guids, notes, is_ours=rest is whole, guid=guid)
    if left > 0:
        held.losses["Sets: which codes, sources or notes belong together."] += left
    return notes


def _codebook(guid: UUID, name: str, said: str) -> InCodebook:
    parts = parted(said)
    return InCodebook(
        guid,
        name[:LONGEST_NAME],
        parts["text"],
        parts.get("source", ""),
        parts.get("version", ""),
        parts.get("locator", ""),
    )


def _read(
    held: Incoming,
    root: Any,
    codebook: UUID,
    parent: UUID | None,
    guids: Guids,
    notes: dict[UUID, list[UUID]],
    *,
    is_ours: bool,
    guid: UUID | None = None,
) -> None:
    """A code and all below it, in reading order; without recursion, for a file may be deep."""
    waiting: list[tuple[Any, UUID | None, UUID | None, str]] = [(root, parent, guid, "")]
    while waiting:
        element, above, known, path = waiting.pop()
        name = " ".join(element.get("name", "").split())
        path = f"{path} > {name}"
        own = known or guids.own(element, "code", path)
        parts = parted(text_of(element, "Description"))
        refs = [guids.read(one.get("targetGUID"), one) for one in children(element, "NoteRef")]
        if refs:
            notes[own] = [one for one in refs if one]
        held.codes.append(
            InCode(
                guid=own,
                name=name,
                codebook=codebook,
                parent=above,
                definition=parts["text"],
                include=parts.get("include", ""),
                exclude=parts.get("exclude", ""),
                locator=parts.get("locator", "") if is_ours else "",
                hue=_hue(element.get("color", ""), is_ours),
            )
        )
        waiting += [(one, own, None, path) for one in reversed(children(element, "Code"))]


def _hue(colour: str, is_ours: bool) -> int | None:
    """A colour as one of this site's eight: the same where it is one of them, else the nearest."""
    if colour.lower() in COLOURS:
        return COLOURS.index(colour.lower()) + 1
    digits = colour.removeprefix("#")
    digits = "".join(one * 2 for one in digits) if len(digits) == 3 else digits
    try:
        red, green, blue = bytes.fromhex(digits)
    except ValueError:
        return None
    if is_ours:
        return None

    def distance(other: str) -> int:
        return sum((a - b) ** 2 for a, b in zip(bytes.fromhex(other[1:]), (red, green, blue), strict=True))

    return min(range(len(COLOURS)), key=lambda place: distance(COLOURS[place])) + 1
