"""Reminders of actions, to members who asked for them: each once, however often this is run."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from selfreview.models import Action, Membership, Reminder

DAYS_BEFORE = 7  # that somebody is reminded of what is due

Due = tuple[Action, str]  # an action and the kind of reminder


def due_reminders(today: date) -> Iterator[tuple[Membership, list[Due]]]:
    """Who is to be reminded of what. Only members with an account and a confirmed address who wish it."""
    confirmed = EmailAddress.objects.filter(verified=True, primary=True).values("user")
    actions = (
        Action.objects.filter(status__in=[Action.Status.TO_DO, Action.Status.DOING])
        .filter(due__lte=today + timedelta(days=DAYS_BEFORE))
        .filter(owner__left_at=None, owner__wants_reminders=True, owner__user__in=confirmed)
        .select_related("owner__user", "owner__team")
        .order_by("owner", "due", "pk")
    )
    mine: dict[Membership, list[Due]] = defaultdict(list)
    for action in actions:
        kind = Reminder.Kind.OVERDUE if action.due < today else Reminder.Kind.DUE_SOON
        mine[action.owner].append((action, str(kind)))
    yield from mine.items()


def remind(member: Membership, due: list[Due]) -> int:
    """Send one message with all that was not told yet. How many actions it told of.

    What is told is noted before it is sent, so that two runs at once never tell the same thing twice. Where it cannot
    be sent the note is taken back; OSError or ValueError is then raised.
    """
    noted = []
    for action, kind in due:
        reminder, is_new = Reminder.objects.get_or_create(action=action, member=member, kind=kind, due=action.due)
        if is_new:
            noted.append((reminder, (action, kind)))
    if not noted:
        return 0
    try:
        _send(member, [told for _, told in noted])
    except (OSError, ValueError):
        Reminder.objects.filter(pk__in=[reminder.pk for reminder, _ in noted]).delete()
        raise
    return len(noted)


def _send(member: Membership, due: list[Due]) -> None:
    review = member.team.reviews.order_by("-number")[0]
    address = settings.SITE_URL + reverse("selfreview:actions", args=[review.guid])
    text = render_to_string("selfreview/email/reminder.txt", {"member": member, "due": due, "address": address})
    subject = f"{len(due)} action{'' if len(due) == 1 else 's'} of yours in your school’s self-review"
    to = EmailAddress.objects.get(user=member.user, primary=True, verified=True)
    send_mail(subject, text, None, [to.email])
