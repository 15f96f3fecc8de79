"""How to cite, in one plain style: author, year, title, place in the source, and where this site shows it."""

from django.utils import timezone

from schools.fields import locator_words
from schools.models import Quote, Study


def study_citation(study: Study) -> str:
    """The report itself."""
    name, _, rest = study.author.rpartition(" ")
    author = f"{rest}, {name[0]}" if name else study.author
    title = f"{study.title}: {study.subtitle}" if study.subtitle else study.title
    return f"{author} ({study.year}) {title}. {study.series}. {study.publisher}.".replace(". .", ".")


def quote_citation(quote: Quote, address: str) -> str:
    """A quotation, with its place in the report and the address of its page here. Needs school and study loaded."""
    today = timezone.localdate()
    return (
        f"{quote.get_speaker_role_display()}, {quote.school.name}, quoted in {study_citation(quote.school.study)} "
        f"{locator_words(quote.locator).capitalize()} of the text. In ICT Lead, {address} "
        f"(read {today.day} {today:%B %Y})."
    )
