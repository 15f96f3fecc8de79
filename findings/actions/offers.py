"""A study of one's own on its way to the public: offered, taken back, declined with a reason, or published."""

import re
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from findings.actions.base import Refused, save_all
from findings.models import CaseEvidence, Coder, Evidence, StudyOffer
from schools.actions import publish_change
from schools.models import Quote, School, Study

EDITORS = "editors"
UNNAMED = re.compile(r"\A(study|case)-[0-9a-f]{32}\Z")  # short names that were made of an identity


def not_yet(study: Study) -> Iterator[str]:
    """What a study lacks before it can be offered."""
    if not study.author:
        yield "Say who its authors are, so that it can be cited."
    if not study.summary.strip():
        yield "Write a summary: a reader needs to know what it is about."
    if not study.schools.exists():
        yield "Add a case."
    elif not Quote.objects.filter(school__study=study).exists():
        yield "Add a quote."


@transaction.atomic
def offer_study(*, study: Study, user: Any, message: str = "") -> StudyOffer:
    """Offer a private study to the editors. Raises Refused where it lacks something, or is offered already."""
    held = Study.objects.select_for_update().get(pk=study.pk)
    if held.is_published:
        raise Refused("This study is published.")
    if open_offer(held) is not None:
        raise Refused("This study is offered already.")
    lacking = list(not_yet(held))
    if lacking:
        raise Refused(" ".join(lacking))
    return StudyOffer.objects.create(study=held, offered_by=user, message=message)


def open_offer(study: Study) -> StudyOffer | None:
    """The offer that waits for a decision."""
    return StudyOffer.objects.filter(study=study, state=StudyOffer.State.OPEN).first()


@transaction.atomic
def take_back_offer(*, study: Study) -> None:
    """Take an offer back. Raises Refused where none is open."""
    Study.objects.select_for_update().get(pk=study.pk)
    offer = open_offer(study)
    if offer is None:
        raise Refused("This study is not offered, or has been decided about.")
    _decide(offer, StudyOffer.State.TAKEN_BACK, None, "")


@transaction.atomic
def decline_offer(*, offer: StudyOffer, editor: Any, reason: str) -> None:
    """Decline an offered study, saying why. Raises Refused where it is no longer offered."""
    held = _held(offer)
    if not reason.strip():
        raise Refused("Say why, so that its maker can put it right.")
    _decide(held, StudyOffer.State.DECLINED, editor, reason)


@transaction.atomic
def publish_study(*, offer: StudyOffer, editor: Any, reason: str = "") -> Study:
    """Publish an offered study: it becomes one of the site's own. Raises Refused where it is no longer offered.

    Cases without short names get some. Its links between findings and quotes become the editors', who vouch for them;
    its codebooks stay their teams', who publish them themselves.
    """
    held = _held(offer)
    study = held.study
    if UNNAMED.match(study.slug):
        stem = slugify(study.title)[:40] or "study"
        study.slug = _beside(set(Study.objects.filter(slug__startswith=stem).values_list("slug", flat=True)), stem)
    study.is_editorial = study.is_published = True
    study.save(update_fields=["slug", "is_editorial", "is_published"])
    _name_schools(study)
    editors = Coder.objects.filter(slug=EDITORS).first()
    if editors is not None:
        Evidence.objects.filter(finding__theme__study=study).update(coder=editors)
        CaseEvidence.objects.filter(finding__theme__study=study).update(coder=editors)
    _decide(held, StudyOffer.State.PUBLISHED, editor, reason)
    publish_change()
    return study


def _held(offer: StudyOffer) -> StudyOffer:
    Study.objects.select_for_update().get(pk=offer.study_id)
    held = StudyOffer.objects.select_related("study").filter(pk=offer.pk, state=StudyOffer.State.OPEN).first()
    if held is None:
        raise Refused("This study is no longer offered: it was taken back, or decided about.")
    return held


def _decide(offer: StudyOffer, state: Any, editor: Any, reason: str) -> None:
    offer.state, offer.decided_by, offer.decided_at, offer.reason = state, editor, timezone.now(), reason
    offer.save(update_fields=["state", "decided_by", "decided_at", "reason"])


def _name_schools(study: Study) -> None:
    """Give each case a short name of its own, like two-ponds-a."""
    unnamed = [one for one in study.schools.all() if UNNAMED.match(one.slug)]
    stem = study.slug[:40]
    taken = set(School.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    for school in unnamed:
        name = f"{stem}-{slugify(school.letter) or school.position}"
        school.slug = _beside(taken, name)
        taken.add(school.slug)
    save_all(unnamed, School, ["slug"])


def _beside(taken: set[str], stem: str) -> str:
    return next(one for one in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if one not in taken)
