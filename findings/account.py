"""What becomes of a person's work at the workbench when the account ends: said beforehand, and done."""

from collections import Counter
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q

from findings.account_export import counts, export
from findings.actions import delete_codebook, erase_study, forget_coder, hand_over, leave_only_what_is_public
from findings.actions.base import coder_of, note_down
from findings.actions.people import forget_notes, withdraw_of
from findings.models import ApiToken, Codebook, CodebookMember, Coder, Coding, DeskRole, Import, Step, StudyOffer
from schools.models import Study

__all__ = ["Leaving", "Work", "counts", "export", "forget"]


@dataclass(frozen=True)
class Work:
    """A codebook on which somebody works, and the codings under it: the person's own, and those of others.

    Others who are no members any more, or came in as names with a file, cannot take theirs away. What they coded blind
    is not counted: that there were others is all that is told.
    """

    codebook: Codebook
    own: int
    others: int  # 0 while the codings are not opened
    unseen: bool  # others worked there, and their codings are not opened

    @property
    def codings(self) -> str:
        """“1 coding of yours, 3 of people who left or came in with a file”."""
        said = f"{self.own:,} coding{'' if self.own == 1 else 's'} of yours"
        if self.others:
            said += f", {self.others:,} of people who left or came in with a file"
        return f"{said}, what people who left coded there unseen" if self.unseen else said


@dataclass(frozen=True)
class Leaving:
    """What goes at the workbench, and what stays, when an account ends."""

    going: list[Work]  # nobody else works on these, and they are not published
    public: list[Work]  # nor on these, which are: their private part goes
    staying: list[Work]  # colleagues go on with these
    studies_going: list[Study]  # with `cases` and `texts` counted
    studies_staying: list[Study]

    @classmethod
    def of(cls, user: AbstractBaseUser) -> "Leaving":
        """Four queries."""
        other = Q(codebook__members__isnull=False) & ~Q(codebook__members__user=user)
        places = CodebookMember.objects.filter(user=user).select_related("codebook").order_by("codebook__name", "pk")
        by_others = ~Q(coder__user=user) | (Q(about__isnull=False) & ~Q(about__user=user))
        steps = Step.objects.filter(by_others, codebook=OuterRef("codebook"))
        going: list[Work] = []
        public: list[Work] = []
        staying: list[Work] = []
        held = list(places.annotate(others=Count("codebook__members", filter=other), had_others=Exists(steps)))
        own, others = _codings_of(held, user)
        for place in held:
            is_open, key = place.codebook.opened_at is not None, place.codebook_id
            work = Work(place.codebook, own[key], others[key] if is_open else 0, place.had_others and not is_open)
            (staying if place.others else public if place.codebook.is_published else going).append(work)
        colleagues = Q(codebooks__members__isnull=False) & ~Q(codebooks__members__user=user)
        studies = list(
            Study.objects.filter(made_by=user, is_published=False)
            .annotate(
                cases=Count("schools", distinct=True),
                texts=Count("schools__quotes", distinct=True),
                colleagues=Count("codebooks__members", filter=colleagues, distinct=True),
            )
            .order_by("title", "pk")
        )
        gone = [one for one in studies if not one.colleagues]
        return cls(going, public, staying, gone, [one for one in studies if one.colleagues])


def _codings_of(places: list[CodebookMember], user: AbstractBaseUser) -> tuple[Counter, Counter]:
    """How many codings the codebooks of these places hold, by codebook: one's own, and those of other people."""
    own: Counter = Counter()
    others: Counter = Counter()
    codings = Coding.objects.filter(code__codebook__in=[one.codebook_id for one in places], coder__agreed_for=None)
    rows = codings.order_by().annotate(is_own=Q(coder__user=user)).values_list("code__codebook", "is_own")
    for codebook, is_own, number in rows.annotate(n=Count("pk")):
        (own if is_own else others)[codebook] += number
    return own, others


@transaction.atomic
def forget(*, user: AbstractBaseUser) -> None:
    """End one's places. What was coded with colleagues stays, under a name that says nothing; so do published codes.

    Where one was the only lead, the colleague who has been there longest leads. What nobody else can read is deleted:
    codebooks on which nobody else works, with what colleagues who left coded there, and all that is not public of those
    that are published.
    """
    keys = list(Codebook.objects.filter(members__user=user).order_by("pk").values_list("pk", flat=True))
    list(Codebook.objects.select_for_update().filter(pk__in=keys).order_by("pk"))  # nobody joins or leaves meanwhile
    alone = hand_over(user=user)
    places = list(CodebookMember.objects.filter(user=user).exclude(codebook__in=alone).select_related("codebook"))
    if places:  # who never coded is given no coder at the end
        mine = coder_of(user=user)
        for place in places:
            note_down(codebook=place.codebook, coder=mine, verb="leave", words="Left the codebook: the account ended")
    for codebook in alone:
        if codebook.is_published:
            leave_only_what_is_public(codebook)
        else:
            delete_codebook(codebook)
    withdraw_of(user=user)
    forget_notes(codebooks=keys)
    ApiToken.objects.filter(user=user).delete()
    CodebookMember.objects.filter(user=user).delete()
    Import.objects.filter(user=user).delete()
    StudyOffer.objects.filter(offered_by=user).update(message="")
    for study in Study.objects.filter(made_by=user, is_published=False):
        _hand_on(study)
    for coder in Coder.objects.filter(user=user):
        forget_coder(coder)


def _hand_on(study: Study) -> None:
    """A private study goes to whoever leads a codebook of it longest; without codebooks it goes for good."""
    members = CodebookMember.objects.filter(codebook__study=study).order_by("joined_at", "pk")
    heir = members.filter(role=DeskRole.LEAD).first() or members.first()
    if heir is not None:
        study.made_by_id = heir.user_id
        study.save(update_fields=["made_by"])
    elif not study.codebooks.exists():
        erase_study(study=study)
