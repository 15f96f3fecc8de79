"""A round as it is told to others: as things stand while it is open, as they stood once it is closed.

Answers of a closed round cannot change. The school's name, its people's names and its actions can: so they are kept
with the round when it is closed, and a download of that round is always that round.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from selfreview.models import Action, Membership, Review, Team

DETAILS = ("name", "phase", "setting", "pupils", "fsm_percent", "urn")  # of a school


@dataclass(frozen=True)
class ActionLine:
    """An action, in words. `due` is a date or None; `question` a number like 2.13 or nothing."""

    title: str
    owner: str
    due: date | None
    status: str
    question: str
    notes: str

    @classmethod
    def of(cls, action: Action) -> "ActionLine":
        """Needs owner and question with its section loaded."""
        return cls(
            title=action.title,
            owner=str(action.owner) if action.owner else "",
            due=action.due,
            status=str(action.get_status_display()),
            question=action.question.number if action.question else "",
            notes=action.notes,
        )


@dataclass(frozen=True)
class Telling:
    """The school, its actions and its people's names (by primary key) as a round tells them."""

    school: str
    details: dict[str, Any]
    actions: list[ActionLine]
    names: dict[int, str]
    questionnaire: str

    @classmethod
    def of(cls, review: Review) -> "Telling":
        """Of a round with team and questionnaire loaded: what was frozen, or as things stand. Two queries at most."""
        questionnaire = str(review.questionnaire)
        return cls._from(review.frozen, questionnaire) if review.frozen else cls.now(review.team, questionnaire)

    @classmethod
    def now(cls, team: Team, questionnaire: str = "") -> "Telling":
        """As things stand today."""
        actions = team.actions.select_related("owner", "question__section")
        return cls(
            school=str(team),
            details={name: _plain(getattr(team, name)) for name in DETAILS},
            actions=[ActionLine.of(one) for one in actions],
            names={one.pk: str(one) for one in Membership.objects.filter(team=team)},
            questionnaire=questionnaire,
        )

    @classmethod
    def _from(cls, frozen: dict[str, Any], questionnaire: str) -> "Telling":
        actions = [
            ActionLine(**one | {"due": one["due"] and date.fromisoformat(one["due"])}) for one in frozen["actions"]
        ]
        names = {int(key): name for key, name in frozen["names"].items()}
        # Rounds that were closed before the questionnaire's name was kept tell the one that it has.
        return cls(frozen["school"], frozen["details"], actions, names, frozen.get("questionnaire", questionnaire))

    def name(self, member_id: int | None) -> str:
        """Of a member as the round tells it; nothing where that person is no longer known."""
        return self.names.get(member_id, "") if member_id else ""


def freeze(review: Review) -> dict[str, Any]:
    """What is kept with a round when it is closed, as JSON. Needs team and questionnaire loaded."""
    now = Telling.of(review)
    return {
        "school": now.school,
        "questionnaire": now.questionnaire,
        "details": now.details,
        "actions": [vars(one) | {"due": one.due and one.due.isoformat()} for one in now.actions],
        "names": {str(key): name for key, name in now.names.items()},
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | None) else str(value)
