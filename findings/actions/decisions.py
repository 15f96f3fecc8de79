"""From several coders' codings to one agreed set. Each decision keeps its reason, and can be undone."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from findings.actions.base import Changes, Refused, code_at, hold, quote_at, record
from findings.actions.codings import check_memo, check_passage, excerpt
from findings.models import Code, Codebook, Coder, Coding, Decision, QuoteNote
from schools.models import Quote

ACCEPT, ADJUST, REJECT = Decision.Verdict.values


def agreed_coder(codebook: Codebook) -> Coder:
    """The coder whose codings are a codebook's agreed set; made when first needed."""
    name = f"Agreed: {codebook.name}"[:80]
    coder, _ = Coder.objects.get_or_create(
        agreed_for=codebook, defaults={"slug": f"agreed-{codebook.guid.hex}", "name": name}
    )
    return coder


class ReasonNeededError(Refused):
    """A decision against a coder without a word why."""

    def __init__(self) -> None:
        super().__init__("Say why: this decision goes against at least one coder, who will want to know.")


def goes_against_somebody(verdict: str, codebook: Codebook, quote: Quote, code: Code, start: int, end: int) -> bool:
    """Whether a decision differs from what somebody who took part at the quote coded. Two queries at most.

    To reject or adjust goes against whoever coded it so; to accept, against whoever took part and did not.
    """
    if verdict != ACCEPT:
        return True
    people = Coding.objects.filter(quote=quote, code__codebook=codebook, coder__is_person=True).order_by()
    same = people.filter(code=code, start=start, end=end).values("coder")
    done = QuoteNote.objects.filter(quote=quote, codebook=codebook, done_at__isnull=False)
    return people.exclude(coder__in=same).exists() or done.exclude(coder__in=same).exists()


def _held_open(codebook: Codebook) -> Codebook:
    held = hold(codebook)
    if held.opened_at is None:
        raise Refused("The codings are not opened yet: nothing can be decided about what nobody may see.")
    return held


@transaction.atomic
def decide(
    *,
    codebook: Codebook,
    coder: Coder,
    quote: Quote,
    code: Code,
    start: int,
    end: int,
    verdict: str,
    reason: str,
    to: tuple[int, int] | None = None,
) -> Decision:
    """Accept, adjust (to the passage `to`) or reject a passage that somebody coded, for the agreed set.

    A decision that goes against a coder needs a reason: ReasonNeededError.
    Deciding again replaces the earlier decision, which stays in its step.
    """
    held = _held_open(codebook)
    quote = quote_at(held, quote)
    check_memo(reason)
    code = code_at(held, code)
    if not Coding.objects.filter(quote=quote, code=code, start=start, end=end, coder__is_person=True).exists():
        raise Refused("Nobody codes this passage with this code any more. Load the page again.")
    if verdict != REJECT and code.retired_at is not None:
        raise Refused(f"“{code}” is retired: its codings can only be rejected, or merged into another code.")
    if verdict == ADJUST and to is None:
        raise Refused("Say to which passage it is adjusted.")
    if not reason.strip() and goes_against_somebody(verdict, held, quote, code, start, end):
        raise ReasonNeededError
    wanted = {ACCEPT: (start, end), ADJUST: to}.get(verdict)
    if wanted is not None:
        check_passage(quote, *wanted)
    changes = Changes()
    made = _decide(held, coder, changes, (quote, code, start, end), verdict, reason, wanted)
    words = f"{made.get_verdict_display()}: {excerpt(quote, start, end)} as “{code}”"
    record(codebook=held, coder=coder, verb="decide", words=words, changes=changes, quote_id=quote.pk)
    return made


def _decide(
    held: Codebook,
    coder: Coder,
    changes: Changes,
    about: tuple[Quote, Code, int, int],
    verdict: str,
    reason: str,
    wanted: tuple[int, int] | None,
) -> Decision:
    quote, code, start, end = about
    agreed = _agreed_coding(held, changes, quote, code, wanted, reason) if wanted else None
    values = {
        "verdict": Decision.Verdict(verdict),
        "reason": reason,
        "coding": agreed,
        "decided_by": coder,
        "decided_at": timezone.now(),
    }
    there = Decision.objects.filter(quote=quote, code=code, start=start, end=end).select_related("coding").first()
    if there is None:
        return changes.create(Decision(quote=quote, code=code, start=start, end=end, **values))
    old = there.coding
    changes.update(there, **values)
    _drop_unneeded(old, changes)
    return there


def _agreed_coding(
    held: Codebook, changes: Changes, quote: Quote, code: Code, passage: tuple[int, int], reason: str
) -> Coding:
    by, (start, end) = agreed_coder(held), passage
    there = Coding.objects.filter(quote=quote, code=code, coder=by, start=start, end=end).first()
    if there is not None:
        return changes.update(there, memo=reason)
    return changes.create(
        Coding(
            quote=quote,
            code=code,
            coder=by,
            start=start,
            end=end,
            memo=reason,
            coded_at=timezone.now(),
            codebook_version=held.stamp,
        )
    )


def _drop_unneeded(coding: Coding | None, changes: Changes) -> None:
    """An agreed coding goes with the last decision for it."""
    if coding is not None and not Decision.objects.filter(coding=coding).exists():
        changes.delete(coding)


@transaction.atomic
def take_back(*, codebook: Codebook, coder: Coder, decision: Decision) -> None:
    """Make a passage undecided again. Needs quote, code and coding loaded."""
    held = _held_open(codebook)
    there = Decision.objects.select_related("quote", "code", "coding").filter(pk=decision.pk).first()
    if there is None:
        raise Refused("This decision is not there any more. Load the page again to see what is.")
    decision = there
    changes = Changes()
    coding = decision.coding
    words = f"Undecided again: {excerpt(decision.quote, decision.start, decision.end)} as “{decision.code}”"
    changes.delete(decision)
    _drop_unneeded(coding, changes)
    record(codebook=held, coder=coder, verb="take-back", words=words, changes=changes, quote_id=decision.quote_id)


@transaction.atomic
def accept_unanimous(
    *, codebook: Codebook, coder: Coder, passages: Iterable[tuple[Quote, Code, int, int]], reason: str
) -> int:
    """Accept many passages at once, those on which all coders agree; in one step. Returns how many were accepted.

    Those that nobody codes so any more, or that were decided about meanwhile, are passed over.
    """
    held = _held_open(codebook)
    check_memo(reason)
    changes = Changes()
    accepted = 0
    wanted = list(passages)
    coded = Coding.objects.filter(code__codebook=held, coder__is_person=True, quote__in={one[0].pk for one in wanted})
    there = set(coded.order_by().values_list("quote", "code", "start", "end"))
    decided = Decision.objects.filter(code__codebook=held, quote__in={one[0].pk for one in wanted})
    there -= set(decided.order_by().values_list("quote", "code", "start", "end"))
    for quote, code, start, end in wanted:
        place = (quote.pk, code.pk, start, end)
        if place in there:
            there.remove(place)  # named twice, it is decided once
            _decide(held, coder, changes, (quote, code, start, end), ACCEPT, reason, (start, end))
            accepted += 1
    words = f"{accepted} passage{'' if accepted == 1 else 's'} accepted on which all coders agree"
    record(codebook=held, coder=coder, verb="accept", words=words, changes=changes)
    return accepted
