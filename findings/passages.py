"""Codings laid over a quote's text: who coded what, cut into pieces that can be shown one after another."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from findings.models import Code, Coding
from schools.models import Quote


def with_codings(quotes: QuerySet[Quote]) -> QuerySet[Quote]:
    """Quotes that everyone may read carry their published codings as `shown_codings`, in the order of the text.

    Two queries more: the codes are read once each and not beside every coding, which is also planned more quickly.
    """
    codings = Coding.objects.published_for_quotes().select_related("coder").with_codes().order_by("start", "end", "pk")
    return quotes.prefetch_related(Prefetch("codings", queryset=codings, to_attr="shown_codings"))


def codes_of(quote: Quote) -> list[Code]:
    """The codes of a quote loaded by `with_codings`, each once, codebook by codebook."""
    codes = {coding.code_id: coding.code for coding in quote.shown_codings}
    return sorted(codes.values(), key=lambda code: (code.codebook.position, code.position))


@dataclass(frozen=True)
class Segment:
    """A stretch of text under the same codings; `ends` are the codings whose passage ends with it."""

    text: str
    codings: list[Coding]
    ends: list[Coding]


def segments(text: str, codings: Iterable[Coding]) -> list[Segment]:
    """Cut a text at every start and end of a passage. Positions are code points; those beyond the text are cut off."""
    passages = sorted(codings, key=lambda coding: (coding.start, coding.end))
    cuts = sorted({0, len(text), *(min(cut, len(text)) for one in passages for cut in (one.start, one.end))})
    return [
        Segment(
            text[start:end],
            [one for one in passages if one.start < end and one.end > start],
            [one for one in passages if min(one.end, len(text)) == end],
        )
        for start, end in zip(cuts, cuts[1:], strict=False)
    ]
