"""How a team codes together: members, invitations, notes on quotes, decisions, and every step. Private."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from findings.models.codebooks import Code, Codebook, Coder
from findings.models.codings import Coding
from findings.querysets import QuoteNoteQuerySet
from schools.fields import guid_field
from schools.models import Quote

MEMO_LIMIT = 20_000  # characters of a memo


class DeskRole(models.TextChoices):
    """What a member of a codebook may do."""

    LEAD = "lead", "Lead"  # everything: people, merging, opening, adjudicating, publishing
    CODER = "coder", "Coder"  # codes, and adds and describes codes
    VIEWER = "viewer", "Viewer"  # reads, once the codings are opened


class CodebookMember(models.Model):
    """An account's place at a codebook."""

    guid = guid_field()
    codebook = models.ForeignKey(Codebook, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="codebook_places")
    role = models.CharField(max_length=10, choices=DeskRole)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["codebook", "user"], name="codebook_member_once_a_codebook_and_user")
        ]

    def __str__(self) -> str:
        return f"{self.codebook_id}: {self.user_id}, {self.role}"


class Invitation(models.Model):
    """A link that lets one person in, until it is used or expires. Only the hash of its secret is kept."""

    guid = guid_field()
    codebook = models.ForeignKey(Codebook, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=DeskRole)
    note = models.CharField(max_length=80, blank=True, help_text="For whom it is.")
    secret_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Coder, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitations")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["made_at", "pk"]

    def __str__(self) -> str:
        return self.note or f"Invitation of {self.made_at:%d.%m.%Y}"


class QuoteNote(models.Model):
    """What a coder notes about a quote under a codebook: a memo, whether it is a key quote, whether it is done.

    Done means that this coder has read the quote and coded all there is to code, so that no coding is a statement, too.
    """

    guid = guid_field()
    codebook = models.ForeignKey(Codebook, on_delete=models.CASCADE, related_name="notes")
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="notes")
    coder = models.ForeignKey(Coder, on_delete=models.PROTECT, related_name="notes")
    memo = models.TextField(blank=True)
    is_key = models.BooleanField(default=False)
    done_at = models.DateTimeField(null=True, blank=True)
    objects = QuoteNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["codebook", "quote", "coder"], name="quote_note_once_a_codebook_quote_and_coder"
            )
        ]

    def __str__(self) -> str:
        return f"Note on quote {self.quote_id}"  # never the memo: it is the coder's own


class Decision(models.Model):
    """What the team decided about a passage that somebody coded: whether it belongs to the agreed set, and why."""

    class Verdict(models.TextChoices):
        ACCEPT = "accept", "Accepted"  # the agreed set has this passage
        ADJUST = "adjust", "Adjusted"  # it has another passage instead
        REJECT = "reject", "Rejected"  # it has none

    guid = guid_field()
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="decisions")
    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="decisions")
    start = models.PositiveIntegerField(help_text="Of the passage decided about.")
    end = models.PositiveIntegerField()
    verdict = models.CharField(max_length=10, choices=Verdict)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(Coder, on_delete=models.PROTECT, related_name="decisions")
    decided_at = models.DateTimeField()
    coding = models.ForeignKey(
        Coding,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="decisions",
        help_text="In the agreed set.",
    )

    class Meta:
        ordering = ["quote", "start", "end", "code", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="decision_start_before_end"),
            models.UniqueConstraint(fields=["quote", "code", "start", "end"], name="decision_once_a_passage_and_code"),
            models.CheckConstraint(
                condition=Q(verdict="reject", coding__isnull=True) | (~Q(verdict="reject") & Q(coding__isnull=False)),
                name="decision_has_coding_unless_rejected",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quote_id} {self.start}–{self.end}: {self.verdict}"

    @property
    def passage(self) -> str:
        """The words decided about. Needs the quote loaded."""
        return self.quote.text[self.start : self.end]


class Step(models.Model):
    """One thing that a coder did, with the rows before and after it: what undo, redo and the audit stand on.

    `before` and `after` are lists of [kind, primary key, state]; a state is null where the row is not there. What is
    only noted, like who joined, has none. `turns`: [what, when, codebook version] of every undo and redo, oldest first.
    """

    class State(models.TextChoices):
        DONE = "done", "Done"
        UNDONE = "undone", "Undone"  # can be redone
        SET_ASIDE = "set-aside", "Set aside"  # undone, and something else was done since; or left as it is
        NOTED = "noted", "Noted"  # for the record alone: cannot be undone

    guid = guid_field()
    codebook = models.ForeignKey(Codebook, on_delete=models.CASCADE, related_name="steps")
    coder = models.ForeignKey(Coder, on_delete=models.PROTECT, related_name="steps")
    quote = models.ForeignKey(Quote, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    verb = models.CharField(max_length=20, help_text="The action's name.")
    words = models.CharField(max_length=300, help_text="What was done, as the coder reads it.")
    about = models.ForeignKey(
        Coder,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="To whom it was done. Never in the words: a name can change, and be forgotten.",
    )
    before = models.JSONField()
    after = models.JSONField()
    codebook_version = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DONE)
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    turns = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["codebook", "coder", "state"], name="step_of_a_coder")]

    def __str__(self) -> str:
        return self.words

    @property
    def told_turns(self) -> list[tuple[str, datetime]]:
        """When it was undone, redone or set aside, oldest first; the last time alone where no turns were kept yet."""
        told = [(what, datetime.fromisoformat(when)) for what, when, _ in self.turns]
        return told or ([("undone", self.undone_at)] if self.undone_at else [])
