"""Where an account leaves its name outside the apps: other browsers' sessions, refused sign-ins, the editors' log."""

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.auth.models import AbstractUser
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

READ_AT_ONCE = 500  # sessions


@transaction.atomic
def forget_traces(*, user: AbstractUser, addresses: set[str]) -> None:
    """Delete every session of a person, and what logs say of her. `addresses`: those of the account.

    Goes through all sessions once: what they hold is packed, and cannot be asked for.
    """
    names = {name.casefold() for name in addresses | {user.email, user.get_username()} if name}
    keys = []
    for session in Session.objects.iterator(chunk_size=READ_AT_ONCE):
        held = session.get_decoded()
        if held.get(SESSION_KEY) == str(user.pk) or any(name in str(held).casefold() for name in names):
            keys.append(session.pk)
    Session.objects.filter(pk__in=keys).delete()
    _forget_logs(user, names)


def _forget_logs(user: AbstractUser, names: set[str]) -> None:
    typed, said = Q(), Q(object_id=str(user.pk), content_type=ContentType.objects.get_for_model(get_user_model()))
    for name in names:
        typed |= Q(username__iexact=name)
        said |= Q(object_repr__icontains=name) | Q(change_message__icontains=name)
    for log in (AccessAttempt, AccessLog, AccessFailureLog):
        log.objects.filter(typed).delete()
    LogEntry.objects.filter(said).update(object_repr="An account that ended", change_message="")
