"""What follows from a review: actions; and links that let others read a round."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from selfreview.actions.secrets import hash_of, new_secret, touch
from selfreview.models import Action, Membership, Review, ShareLink


class StaleActionError(Exception):
    """Somebody saved the action since this change of it was begun; nothing was written. `theirs` is how it stands."""

    def __init__(self, theirs: Action) -> None:
        super().__init__("The action was saved by somebody else meanwhile.")
        self.theirs = theirs


@transaction.atomic
def save_action(*, action: Action, by: Membership, base: int = 0) -> Action:
    """Save a new action, or a change begun from version `base`; the time when it was done follows its status.

    Raises StaleActionError where somebody else saved it since, and Action.DoesNotExist where it is gone.
    """
    if action.pk:
        stored = Action.objects.select_for_update(of=("self",)).select_related("owner", "updated_by").get(pk=action.pk)
        own = stored.updated_by_id == by.pk and base + 1 >= stored.own_from
        if stored.version > base and not own:
            raise StaleActionError(stored)
        action.version, action.done_at = stored.version, stored.done_at
        action.own_from = stored.own_from if stored.updated_by_id == by.pk else stored.version + 1
    else:
        action.own_from = 1
    done = action.status == Action.Status.DONE
    action.done_at = (action.done_at or timezone.now()) if done else None
    action.version += 1
    action.updated_by = by
    action.save()
    touch(team_id=action.team_id)
    return action


@transaction.atomic
def share(*, review: Review, note: str, days: int) -> tuple[ShareLink, str]:
    """A link to read a round for so many days, and its secret."""
    secret = new_secret()
    expires = timezone.now() + timedelta(days=days)
    touch(team_id=review.team_id)
    return ShareLink.objects.create(review=review, note=note, secret_hash=hash_of(secret), expires_at=expires), secret


def revoke(*, link: ShareLink) -> None:
    """End a link at once."""
    link.revoked_at = timezone.now()
    link.save(update_fields=["revoked_at"])
