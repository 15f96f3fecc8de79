"""What a coder does with quotes: code passages, write memos, mark key quotes, finish."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from findings.actions.base import Changes, Refused, code_at, hold, quote_at, record, up_to_date
from findings.actions.codes import new_code
from findings.models import MEMO_LIMIT, Code, Codebook, Coder, Coding, QuoteNote
from schools.models import Quote


def check_passage(quote: Quote, start: int, end: int) -> None:
    """Raise Refused for a passage that is not one of the quote's."""
    length = len(quote.text)
    if not 0 <= start < end <= length:
        raise Refused(f"There is no passage from {start} to {end}: the quote has {length} characters. Select it again.")


def check_memo(memo: str) -> None:
    """Raise Refused for a memo that is too long."""
    if len(memo) > MEMO_LIMIT:
        raise Refused(f"Shorten your memo to {MEMO_LIMIT:,} characters: it has {len(memo):,}.")


def excerpt(quote: Quote, start: int, end: int, words: int = 6) -> str:
    """The first words of a passage, in quotation marks."""
    said = quote.text[start:end].split()
    return f"“{' '.join(said[:words])}{' …' if len(said) > words else ''}”"


@transaction.atomic
def code_passage(
    *,
    codebook: Codebook,
    coder: Coder,
    quote: Quote,
    start: int,
    end: int,
    code: Code | None = None,
    new_name: str = "",
    memo: str = "",
) -> Coding:
    """Say that a passage speaks to a code, or to a new one of the name `new_name`.

    Positions are code points of the quote's text, the end exclusive. Doing it twice changes nothing.
    """
    held = hold(codebook)
    quote = quote_at(held, quote)
    check_passage(quote, start, end)
    check_memo(memo)
    changes = Changes()
    code = new_code(held, changes, name=new_name) if code is None else code_at(held, code)
    if code.retired_at is not None:
        raise Refused(f"“{code}” is retired: it takes no new codings. Choose another code.")
    there = Coding.objects.filter(quote=quote, code=code, coder=coder, start=start, end=end).first()
    if there is not None:
        return there
    coding = changes.create(
        Coding(
            quote=quote,
            code=code,
            coder=coder,
            start=start,
            end=end,
            memo=memo,
            coded_at=timezone.now(),
            codebook_version=held.stamp,
        )
    )
    words = f"{excerpt(quote, start, end)} coded as “{code}”"
    record(codebook=held, coder=coder, verb="code", words=words, changes=changes, quote_id=quote.pk)
    return coding


@transaction.atomic
def uncode(*, codebook: Codebook, coder: Coder, coding: Coding) -> None:
    """Take a coding of one's own away; it stays in the step, so that it can come back. Needs quote and code loaded."""
    held = hold(codebook)
    coding = _own(coder, coding)
    words = f"“{coding.code}” removed from {excerpt(coding.quote, coding.start, coding.end)}"
    changes = Changes()
    changes.delete(coding)
    record(codebook=held, coder=coder, verb="uncode", words=words, changes=changes, quote_id=coding.quote_id)


def _own(coder: Coder, coding: Coding) -> Coding:
    """A coding of the coder's as it stands now that the codebook is held: another tab may have changed it since."""
    there = Coding.objects.select_related("quote", "code").filter(pk=coding.pk).first()
    if there is None:
        raise Refused("This coding is not there any more. Load the page again to see what is.")
    if there.coder_id != coder.pk:
        raise Refused("This coding is somebody else’s.")
    return there


@transaction.atomic
def write_memo(*, codebook: Codebook, coder: Coder, coding: Coding, memo: str, seen: str = "") -> None:
    """Say why a passage speaks to a code. Needs quote and code loaded. Raises Overtaken, as for `edit_code`."""
    held = hold(codebook)
    coding = _own(coder, coding)
    memo = up_to_date(coding, {"memo": memo}, seen)["memo"]
    check_memo(memo)
    changes = Changes()
    changes.update(coding, memo=memo)
    words = f"Memo on “{coding.code}” at {excerpt(coding.quote, coding.start, coding.end)}"
    record(codebook=held, coder=coder, verb="memo", words=words, changes=changes, quote_id=coding.quote_id)


def overlapping(codings: Iterable[Coding]) -> dict[int, list[Coding]]:
    """By a coding's key: the others of the same quote, code and coder whose passages meet its own."""
    same: dict[tuple[int, int, int], list[Coding]] = {}
    for one in codings:
        same.setdefault((one.quote_id, one.code_id, one.coder_id), []).append(one)
    found: dict[int, list[Coding]] = {}
    for group in same.values():
        for one in group if len(group) > 1 else []:
            met = [other for other in group if other is not one and other.start < one.end and one.start < other.end]
            if met:
                found[one.pk] = met
    return found


@transaction.atomic
def merge_overlapping(*, codebook: Codebook, coder: Coder, coding: Coding) -> Coding:
    """Make one passage of a coding and all of the same code that it meets, directly or through another.

    The memos are joined. Needs quote and code loaded. Raises Refused where there is nothing to merge.
    """
    held = hold(codebook)
    coding = _own(coder, coding)
    same = Coding.objects.filter(quote=coding.quote_id, code=coding.code_id, coder=coder)
    start, end, met = coding.start, coding.end, [coding]
    while True:
        found = list(same.filter(start__lt=end, end__gt=start).order_by("start", "end", "pk"))
        if len(found) == len(met):
            break
        met, start, end = found, min(one.start for one in found), max(one.end for one in found)
    if len(met) == 1:
        raise Refused("There is no overlapping passage of the same code to merge with.")
    changes = Changes()
    for other in met[1:]:
        changes.delete(other)
    memo = "\n\n".join(dict.fromkeys(one.memo for one in met if one.memo))
    changes.update(met[0], start=start, end=end, memo=memo)
    words = f"{len(met)} overlapping passages of “{coding.code}” merged into {excerpt(coding.quote, start, end)}"
    record(codebook=held, coder=coder, verb="merge-passages", words=words, changes=changes, quote_id=coding.quote_id)
    return met[0]


@transaction.atomic
def write_note(
    *,
    codebook: Codebook,
    coder: Coder,
    quote: Quote,
    memo: str | None = None,
    is_key: bool | None = None,
    is_done: bool | None = None,
    seen: str = "",
) -> QuoteNote:
    """Write a memo on a quote, mark it as a key quote, or say that one is done with it. What is None stays as it is.

    Raises Overtaken where the memo was written anew since `seen`.
    """
    held = hold(codebook)
    quote = quote_at(held, quote)
    changes = Changes()
    note = QuoteNote.objects.filter(codebook=held, quote=quote, coder=coder).first()
    note = note or changes.create(QuoteNote(codebook=held, quote=quote, coder=coder))
    words = ""
    if memo is not None:
        memo = up_to_date(note, {"memo": memo}, seen)["memo"]
        check_memo(memo)
        changes.update(note, memo=memo)
        words = "Memo on a quote"
    if is_key is not None:
        changes.update(note, is_key=is_key)
        words = "Marked as a key quote" if is_key else "No longer a key quote"
    if is_done is not None and is_done != (note.done_at is not None):
        changes.update(note, done_at=timezone.now() if is_done else None)
        words = "Done with a quote" if is_done else "Not done with a quote"
    words = f"{words}: {excerpt(quote, 0, len(quote.text))}"
    record(codebook=held, coder=coder, verb="note", words=words, changes=changes, quote_id=quote.pk)
    return note
