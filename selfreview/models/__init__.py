"""What a school asks itself, who answers, and what they wrote."""

from selfreview.models.benchmark import Block, BlockCount
from selfreview.models.plan import Action, Reminder, ShareLink
from selfreview.models.questionnaire import Question, QuestionCode, QuestionFinding, Questionnaire, Section
from selfreview.models.review import Answer, AnswerRevision, Level, Review, View, ViewRevision, Written
from selfreview.models.team import Invitation, Membership, Role, Team

__all__ = [
    "Action",
    "Answer",
    "AnswerRevision",
    "Block",
    "BlockCount",
    "Invitation",
    "Level",
    "Membership",
    "Question",
    "QuestionCode",
    "QuestionFinding",
    "Questionnaire",
    "Reminder",
    "Review",
    "Role",
    "Section",
    "ShareLink",
    "Team",
    "View",
    "ViewRevision",
    "Written",
]
