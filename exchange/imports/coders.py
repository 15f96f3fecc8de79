"""Whose codings come in, and under whom.

Who coded in another program has no account here: such a coder is a name. A person who says which of them she is brings
these codings in as her own. While a codebook's coders work blind, nothing but one's own comes in.
"""

from dataclasses import dataclass, field
from uuid import UUID, uuid5

from exchange.imports.aims import Aim
from exchange.incoming.records import InCoder, Incoming
from findings.models import Codebook, Coder, DeskRole

BLIND = "Codings and notes of others: “{}” is not opened, and its coders work blind."
NO_LEAD = "Codings and notes of others: only a lead of “{}” brings them in."


@dataclass
class Who:
    """Coders of the file, as they are here; those to make are in `made`, which are saved with the import."""

    mine: Coder
    me: UUID | None  # which of the file's coders the person is
    by_guid: dict[UUID, Coder] = field(default_factory=dict)
    made: list[Coder] = field(default_factory=list)
    also: dict[UUID, list[Coder]] = field(default_factory=dict)  # whose codings count as theirs, too

    @classmethod
    def of(cls, held: Incoming, mine: Coder, me: UUID | None) -> "Who":
        """The file's coders. An account of this site is nobody but its owner: others of that name are names."""
        who = cls(mine, me)
        guids = [one.guid for one in held.coders]
        there = list(Coder.objects.filter(guid__in=guids))
        there += Coder.objects.filter(slug__in=[one.slug for one in held.coders if one.slug])
        copies = [uuid5(mine.guid, str(guid)) for guid in guids]
        there += Coder.objects.filter(guid__in=copies)
        by_guid, by_slug = {one.guid: one for one in there}, {one.slug: one for one in there}
        for one in held.coders:
            known = by_guid.get(one.guid) or by_slug.get(one.slug)
            if one.guid == me or known == mine:
                who.by_guid[one.guid] = mine
            else:
                who._take(one, known, by_guid.get(uuid5(mine.guid, str(one.guid))))
        return who

    def _take(self, one: InCoder, known: Coder | None, copy: Coder | None) -> None:
        """Somebody else: a name of one's own making, beside whoever is known under that identity."""
        if known is not None and not _is_name(known):
            self.also[one.guid] = [known]
        if known is not None and _is_name(known):
            self.by_guid[one.guid] = known
        elif copy is not None and _is_name(copy):
            self.by_guid[one.guid] = copy
        else:
            guid = uuid5(self.mine.guid, str(one.guid)) if known is not None else one.guid
            coder = Coder(guid=guid, slug=f"name-{guid.hex}"[:50], name=one.name or "Not named", is_person=False)
            self.by_guid[one.guid] = coder
            self.made.append(coder)

    def others(self) -> list[UUID]:
        """The file's coders who are not the person."""
        return [guid for guid, coder in self.by_guid.items() if coder is not self.mine and coder != self.mine]

    def who_comes_in(self, aim: Aim, codebook: Codebook | None) -> tuple[set[UUID], str]:
        """The file's coders whose codings may go into a codebook; and why the others may not."""
        everyone = set(self.by_guid)
        if codebook is None:  # it is to be made, and whoever makes it leads it
            return everyone, ""
        own = everyone - set(self.others())
        place = aim.members.get(codebook.pk)
        if place is None or place.role != DeskRole.LEAD:
            return own, NO_LEAD.format(codebook)
        if codebook.opened_at is None:
            return own, BLIND.format(codebook)
        return everyone, ""


def _is_name(coder: Coder) -> bool:
    """Whether a coder is a name that came in with a file, and neither an account, the editors nor an agreed set."""
    return coder.slug.startswith("name-") and coder.user_id is None and not coder.is_person
