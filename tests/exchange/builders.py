"""Small records for exports, with identities and times that do not change from run to run."""

from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

from findings.models import Code, Codebook, Coder, Coding
from schools.models import Quote, School, Study, Topic

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
_numbers = count(1)


def guid(number: int) -> UUID:
    """00000000-0000-4000-8000-000000000001 and so on."""
    return UUID(f"00000000-0000-4000-8000-{number:012d}")


def make_study(slug: str = "gill-2007", **fields: Any) -> Study:
    defaults = {"title": "One step", "author": "Gill, A", "published": "Summer 2007", "year": 2007, "summary": "…"}
    return Study.objects.create(slug=slug, **(defaults | {"is_published": True} | fields))


def make_school(study: Study, slug: str = "a", **fields: Any) -> School:
    defaults = {"letter": slug, "name": f"School {slug}", "known_for": "…", "summary": "…", "locator": "L1"}
    return School.objects.create(study=study, slug=slug, **(defaults | fields))


def make_topic(study: Study, slug: str = "use") -> Topic:
    return Topic.objects.get_or_create(study=study, slug=slug, defaults={"name": slug, "label": slug, "position": 1})[0]


def make_quote(school: School, text: str = "We all did it.", **fields: Any) -> Quote:
    number = fields.get("position") or next(_numbers)
    defaults = {
        "topic": fields.get("topic") or make_topic(school.study),
        "speaker_role": "headteacher",
        "locator": f"L{number}",
        "position": number,
    }
    return Quote.objects.create(school=school, text=text, **(defaults | fields))


def make_codebook(study: Study, slug: str = "gateways", **fields: Any) -> Codebook:
    defaults = {"name": slug, "description": "…", "is_published": True}
    return Codebook.objects.create(study=study, slug=slug, **(defaults | fields))


def make_code(codebook: Codebook, slug: str, **fields: Any) -> Code:
    return Code.objects.create(codebook=codebook, slug=slug, **({"name": slug, "definition": "…"} | fields))


def make_coding(quote: Quote, code: Code, coder: str = "editors", **fields: Any) -> Coding:
    defaults = {"start": 0, "end": len(quote.text), "memo": "Because.", "coded_at": NOON}
    who = Coder.objects.get_or_create(slug=coder, defaults={"name": coder})[0]
    return Coding.objects.create(quote=quote, code=code, coder=who, **(defaults | fields))
