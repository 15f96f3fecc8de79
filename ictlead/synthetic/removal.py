"""Taking synthetic data away again, in plain statements: a million rows are not read to be deleted."""

from django.db import models

from findings.models import Code, Codebook, Coding
from ictlead.synthetic import SLUG
from schools.models import Quote, School, Study
from selfreview.models import Answer, AnswerRevision, Membership, Review, Team


def remove_all() -> tuple[int, int]:
    """Delete every synthetic study and review, in the transaction of the caller; how many studies and rounds went.

    What was made of them by hand (evidence, notes, a team's codebook) goes with them.
    """
    studies = Study.objects.filter(slug__startswith=SLUG)
    schools = School.objects.filter(study__in=studies)
    quotes = Quote.objects.filter(school__in=schools)
    _raw(Coding.objects.filter(quote__in=quotes))
    _raw(Coding.objects.filter(code__codebook__study__in=studies))
    for relation in Quote._meta.related_objects:
        _cut(relation, quotes)
    _raw(quotes)
    gone = studies.count()
    for codebook in Codebook.objects.filter(study__in=studies):
        Code.objects.filter(codebook=codebook).update(parent=None, merged_into=None)
        codebook.delete()
    for relation in School._meta.related_objects:
        _cut(relation, schools)
    _raw(schools)
    studies.delete()
    if not Study.objects.filter(is_front=True).exists():
        first = Study.objects.published().order_by("pk").first()
        Study.objects.filter(pk=first and first.pk).update(is_front=True)
    return gone, _remove_reviews()


def _cut(relation: models.fields.reverse_related.ForeignObjectRel, rows: models.QuerySet) -> None:
    """What points to these rows: set to nothing where the field allows it, deleted where it does not."""
    if isinstance(relation.field, models.ManyToManyField):
        return  # its table is a model of its own
    pointing = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows})
    if relation.field.null:
        pointing.update(**{relation.field.name: None})
    else:
        _raw(pointing)


def _remove_reviews() -> int:
    members = Membership.objects.filter(return_hash__startswith=SLUG)
    teams = Team.objects.filter(members__in=members)
    reviews = Review.objects.filter(team__in=teams.values("pk"))
    gone = reviews.count()
    answers = Answer.objects.filter(review__in=reviews)
    _raw(AnswerRevision.objects.filter(answer__in=answers))
    _raw(answers)
    _raw(reviews)
    keys = list(teams.values_list("pk", flat=True))
    _raw(members)
    for begin in range(0, len(keys), 500):
        Team.objects.filter(pk__in=keys[begin : begin + 500]).delete()
    return gone


def _raw(rows: models.QuerySet) -> None:
    """Delete the rows in one statement."""
    rows._raw_delete(rows.db)
