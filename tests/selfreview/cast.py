"""Everyone who may come to a review's door, with a browser each."""

from datetime import timedelta
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from selfreview.actions import Content, invite, remove_member, renew_link, revoke, save_answer, share, start_review
from selfreview.models import Invitation, Question, Questionnaire, ShareLink
from tests.factories import make_action, make_colleague, make_user

# Who has no place in the review, or no longer.
OUTSIDERS = (
    "anonymous", "stranger", "gone", "replaced", "researcher", "staff", "invited", "shared", "share_revoked",
    "share_expired", "invitation_expired",
)  # fmt: skip
# Who has one, by link or by account, and what each is.
MEMBERS = {
    "viewer": "viewer",
    "contributor": "contributor",
    "lead": "lead",
    "viewer_by_account": "viewer",
    "lead_by_account": "lead",
}
ROLES = ("viewer", "contributor", "lead")


class Cast:
    """A review with members of every role, by link and by account, one answer in it; and everyone who is no member."""

    def __init__(self) -> None:
        questionnaire = Questionnaire.objects.get()
        self.review, self.lead, self.lead_secret = start_review(questionnaire=questionnaire)
        self.contributor, self.contributor_secret = make_colleague(self.lead, "Con")
        self.viewer, _ = make_colleague(self.lead, "Vic", "viewer")
        self.accounts = {
            role: make_user(email=f"{role}@school.example")
            for role in ("researcher", "viewer_by_account", "lead_by_account")
        }
        self.accounts["staff"] = make_user(is_staff=True, is_superuser=True)
        for role in ("viewer_by_account", "lead_by_account"):
            EmailAddress.objects.create(
                user=self.accounts[role], email=f"{role}@school.example", verified=True, primary=True
            )
            make_colleague(self.lead, role, MEMBERS[role], self.accounts[role])
        _, _, self.stranger_secret = start_review(questionnaire=questionnaire)
        gone, self.gone_secret = make_colleague(self.lead, "Gone")
        remove_member(member=gone)
        self.replaced_secret = renew_link(member=self.viewer)
        self.viewer_secret = renew_link(member=self.viewer)
        self.action = make_action(self.review.team)
        self.link, self.share_secret = share(review=self.review, note="Governors", days=30)
        self.invitation, self.invitation_secret = invite(by=self.lead, name="Nia", role="contributor")
        self.answer(self.lead, "We begin.")

    def answer(self, member, text: str, level: str = "", base: int = 0, question: Question | None = None) -> None:
        """An answer to the first question unless another is given."""
        save_answer(
            review=self.review,
            question=question or Question.objects.first(),
            member=member,
            content=Content(level=level, text=text),
            base=base,
            save_id=uuid4(),
        )

    def client(self, role: str) -> Client:
        """A browser that came the way that this role comes."""
        client = Client()
        if role in self.accounts:
            client.force_login(self.accounts[role])
        elif role.startswith("share"):
            self._open_share(client, role)
        elif role.startswith("invit"):
            if role == "invitation_expired":
                Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
            client.get(f"/review/invitation/{self.invitation_secret}/", follow=True)
        elif role != "anonymous":
            client.get(f"/review/return/{getattr(self, f'{role}_secret')}/")
        return client

    def _open_share(self, client: Client, role: str) -> None:
        if role == "share_revoked":
            revoke(link=self.link)
        if role == "share_expired":
            ShareLink.objects.update(expires_at=timezone.now())
        client.get(f"/review/shared/{self.share_secret}/")
