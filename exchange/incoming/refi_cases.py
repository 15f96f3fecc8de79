"""Cases and variables of REFI-QDA projects: what is known of whom a text is of."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from exchange.incoming.guids import Guids
from exchange.incoming.records import Incoming, InSource, InVariable
from exchange.incoming.xml import child, children, forget, local, text_of


@dataclass
class _Case:
    guid: UUID
    name: str
    about: str
    values: dict[UUID, str]
    texts: int


class Cases:
    """The cases of a project, until the texts come that they are of."""

    def __init__(self, held: Incoming) -> None:
        self.held = held
        self.variables: dict[UUID, InVariable] = {}
        self._by_source: dict[UUID, list[_Case]] = {}

    def variable(self, element: Any, guids: Guids) -> None:
        """What cases are asked."""
        name = element.get("name", "").strip()
        guid = guids.own(element, "variable", name)
        number = element.get("typeOfVariable") in ("Integer", "Float")
        self.variables[guid] = InVariable(name, text_of(element, "Description"), number)
        forget(element)

    def case(self, element: Any, guids: Guids) -> None:
        """A case, with the texts that it names."""
        name = element.get("name", "").strip()
        refs = [guids.read(one.get("targetGUID"), one) for one in children(element, "SourceRef")]
        guid, about = guids.own(element, "case", name), text_of(element, "Description")
        case = _Case(guid, name, about, self._values(element, guids), len(refs))
        for ref in refs:
            if ref is not None:
                self._by_source.setdefault(ref, []).append(case)
        if not refs:
            self.held.losses["Cases without a text of their own, and their values."] += 1
        for tag, words in (("CodeRef", "Codes of whole cases."), ("SelectionRef", "Passages that belong to a case.")):
            if found := len(children(element, tag)):
                self.held.losses[words] += found
        forget(element)

    def _values(self, element: Any, guids: Guids) -> dict[UUID, str]:
        values: dict[UUID, str] = {}
        for one in children(element, "VariableValue"):
            ref, said = child(one, "VariableRef"), [part for part in one if local(part).endswith("Value")]
            guid = None if ref is None else guids.read(ref.get("targetGUID"), ref)
            if guid is not None and said and (said[0].text or "").strip():
                values[guid] = said[0].text if self.held.is_ours else said[0].text.strip()
        return values

    def settle(self, source: InSource, said: UUID | None, element: Any, guids: Guids) -> None:
        """Give a text what is known of its case. `said`: its GUID as it stands in the file."""
        cases = self._by_source.get(said, []) if said else []
        values = self._values(element, guids)
        for case in cases:
            values = case.values | values
        if len(cases) == 1 and cases[0].texts == 1:
            source.case_guid, source.name = cases[0].guid, cases[0].name or source.name
            source.description = cases[0].about or source.description
        source.values = {self.variables[guid].name: said for guid, said in values.items() if guid in self.variables}
