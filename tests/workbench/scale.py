"""Many codes and codings, quickly: for tests that say a page asks as often for many as for few, and for benchmarks."""

from django.utils import timezone

from findings.models import Code, Codebook, Coder, Coding
from schools.models import Quote, School, Topic


def add_codes(codebook: Codebook, number: int) -> list[Code]:
    """`number` codes, every fifth at the root and the others below it."""
    start = Code.objects.filter(codebook=codebook).count()
    codes: list[Code] = []
    parent = None
    for place in range(start + 1, start + number + 1):
        code = Code(codebook=codebook, slug=f"c{place}", name=f"Idea {place}", definition="It is.", position=place)
        code.colour = place % 8 + 1
        if place % 5 == 1 or parent is None:
            code.save()
            parent = code
        else:
            code.parent = parent
            code.save()
        codes.append(code)
    return codes


def add_quotes(school: School, number: int, words: int = 60) -> list[Quote]:
    """`number` quotes of a school, of so many words each."""
    topic = Topic.objects.filter(study=school.study_id)[0]
    start = Quote.objects.filter(school=school).count()
    text = " ".join(f"word{n % 10}" for n in range(words))
    return Quote.objects.bulk_create(
        Quote(school=school, topic=topic, speaker_role="teacher", text=text, locator=f"L{place}", position=place)
        for place in range(start + 1, start + number + 1)
    )


def add_codings(quotes: list[Quote], codes: list[Code], coder: Coder, each: int) -> None:
    """`each` codings on every quote, by one coder, over passages of a few words."""
    now = timezone.now()
    Coding.objects.bulk_create(
        (
            Coding(
                quote=quote,
                code=codes[place % len(codes)],
                coder=coder,
                start=(place * 6) % max(1, len(quote.text) - 24),
                end=(place * 6) % max(1, len(quote.text) - 24) + 18,
                coded_at=now,
                codebook_version="1.0, revision 1",
            )
            for quote in quotes
            for place in range(each)
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )
