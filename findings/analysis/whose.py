"""Whose codings an analysis looks at. Everything begins with the codings that the person may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from findings.access import Desk
from findings.models import Coder, Coding
from findings.progress import coders_of

OWN, ALL, AGREED, EDITORS = "own", "all", "agreed", "editors"
EDITORS_SLUG = "editors"


@dataclass(frozen=True)
class Whose:
    """The codings that a member may see, and the coders among whom one can choose."""

    desk: Desk
    visible: QuerySet[Coding]
    people: list[Coder]  # once the codings are opened: who codes, and who coded
    choices: list[tuple[str, str]]

    @classmethod
    def at(cls, desk: Desk, user: Any) -> "Whose":
        """Two queries; three once the codings are opened."""
        visible = Coding.objects.visible_to(user, desk.codebook)
        coders = list(Coder.objects.filter(pk__in=visible.order_by().values("coder")).order_by("name", "pk"))
        people: list[Coder] = []
        if desk.is_open:
            members = coders_of(desk.codebook)
            known = {one.pk for one in members}
            people = members + [one for one in coders if one.is_person and one.pk not in known]
        choices = [(OWN, "Your own")] if desk.may_code else []
        choices += [(ALL, "All coders")] if desk.is_open else []
        choices += [(AGREED, "The agreed set")] if any(one.agreed_for_id for one in coders) else []
        choices += [(EDITORS, "The editors")] if any(one.slug == EDITORS_SLUG for one in coders) else []
        choices += [(str(one.guid), one.name) for one in people]
        return cls(desk, visible, people, choices)

    @property
    def usual(self) -> list[str]:
        """What is looked at when nothing is chosen: all coders' once they are opened, else one's own."""
        first = [ALL, OWN] if self.desk.is_open else [OWN, AGREED, EDITORS]
        offered = {key for key, _ in self.choices}
        return next(([key] for key in first if key in offered), [])

    def codings(self, chosen: Sequence[str] = ()) -> QuerySet[Coding]:
        """The codings of those chosen; of the usual ones where nobody is. Nothing is ever added to what one may see."""
        return self.visible.filter(self.wanted(chosen or self.usual))

    def wanted(self, chosen: Sequence[str]) -> Q:
        """The condition that rows with a coder are of those chosen."""
        wanted = Q(pk__in=[])
        people = {str(one.guid): one.pk for one in self.people}
        for key in chosen:
            match key:
                case "own":
                    wanted |= Q(coder=self.desk.coder)
                case "all":
                    wanted |= Q(coder__is_person=True)
                case "agreed":
                    wanted |= Q(coder__agreed_for=self.desk.codebook)
                case "editors":
                    wanted |= Q(coder__slug=EDITORS_SLUG)
                case _:
                    wanted |= Q(coder=people.get(key, 0))
        return wanted

    def words(self, chosen: Sequence[str] = ()) -> str:
        """Whose they are, for a caption: “your own and the agreed set”."""
        labels = dict(self.choices)
        named = [labels[key] if key not in {OWN, ALL, AGREED, EDITORS} else labels[key].lower() for key in chosen]
        named = named or [labels[key].lower() for key in self.usual]
        return joined(named) if named else "nobody"


def joined(words: Sequence[str], last: str = "and") -> str:
    """Words as a list in a sentence: a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
