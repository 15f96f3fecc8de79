"""Where an account leaves its name outside the apps: other browsers' sessions, refused sign-ins, the editors' log."""

import re

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
    whole = _whole(names)
    keys = []
    for session in Session.objects.iterator(chunk_size=READ_AT_ONCE):
        held = session.get_decoded()
        if held.get(SESSION_KEY) == str(user.pk) or whole.search(str(held).casefold()):
            keys.append(session.pk)
    Session.objects.filter(pk__in=keys).delete()
    _forget_logs(user, names, whole)


def _whole(names: set[str]) -> re.Pattern[str]:
    """These names where each stands by itself: ann@example.org is no part of joann@example.org's."""
    some = "|".join(map(re.escape, sorted(names)))
    return re.compile(rf"(?<![\w.@+\-])(?:{some})(?!\.?[\w@+\-])")  # a full stop may end the sentence


def _forget_logs(user: AbstractUser, names: set[str], whole: re.Pattern[str]) -> None:
    typed, said, theirs = Q(), Q(), {"content_type": ContentType.objects.get_for_model(get_user_model())}
    for name in names:
        typed |= Q(username__iexact=name)
        said |= Q(object_repr__icontains=name) | Q(change_message__icontains=name)
    for log in (AccessAttempt, AccessLog, AccessFailureLog):
        log.objects.filter(typed).delete()
    lines = LogEntry.objects.filter(said).values_list("pk", "object_repr", "change_message")
    keys = [key for key, *words in lines if whole.search(" ".join(words).casefold())]
    entries = LogEntry.objects.filter(Q(pk__in=keys) | Q(object_id=str(user.pk), **theirs))
    entries.update(object_repr="An account that ended", change_message="")
