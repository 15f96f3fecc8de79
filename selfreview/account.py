"""What a person with an account has in the self-review: for the account's page, its export and its end."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Count, F, Q

from selfreview.actions import delete_team, remove_member
from selfreview.models import Membership, Review, Role, Team


@dataclass(frozen=True)
class Place:
    """A person's place in a team: the newest round, and how many others, and other leads, the team has."""

    member: Membership
    review: Review | None
    others: int
    other_leads: int

    @property
    def must_hand_over(self) -> bool:
        """The team would be left without a lead."""
        return self.member.role == Role.LEAD and self.others > 0 and self.other_leads == 0

    @property
    def is_alone(self) -> bool:
        """Nobody else belongs to the team."""
        return self.others == 0


def places_of(user: AbstractBaseUser) -> list[Place]:
    """Every place that the person holds now, oldest first. Two queries."""
    other = Q(team__members__left_at=None) & ~Q(team__members__pk=F("pk"))
    held = Membership.objects.filter(user=user, left_at=None).annotate(
        others=Count("team__members", filter=other),
        other_leads=Count("team__members", filter=other & Q(team__members__role=Role.LEAD)),
    )
    return [
        Place(member, next(iter(member.team.reviews.all()), None), member.others, member.other_leads)
        for member in held.select_related("team").prefetch_related("team__reviews")
    ]


def export(user: AbstractBaseUser) -> list[dict[str, Any]]:
    """Every place that the person holds or held. What was written there is in the team's own export."""
    held = Membership.objects.filter(user=user).select_related("team")
    return [
        {
            "school": one.team.name,
            "name": one.name,
            "role": one.role,
            "since": one.joined_at.isoformat(),
            "until": one.left_at and one.left_at.isoformat(),
        }
        for one in held
    ]


@transaction.atomic
def forget(*, user: AbstractBaseUser) -> None:
    """End every place: a team with others goes on, a team of one is deleted. Raises LastLeadError for an only lead."""
    teams = Membership.objects.filter(user=user, left_at=None).values_list("team_id", flat=True)
    list(Team.objects.select_for_update().filter(pk__in=list(teams)).order_by("pk"))  # nobody joins or leaves meanwhile
    for place in places_of(user):
        if place.is_alone:
            delete_team(team=place.member.team)
        else:
            remove_member(member=place.member)
