"""What a school asks itself, who answers, and what they wrote."""

from selfreview.models.plan import Action, ShareLink
from selfreview.models.questionnaire import Question, QuestionCode, QuestionFinding, Questionnaire, Section
from selfreview.models.review import Answer, AnswerRevision, Level, Review
from selfreview.models.team import Membership, Role, Team

__all__ = [
    "Action",
    "ShareLink",
    "Answer",
    "AnswerRevision",
    "Level",
    "Membership",
    "Question",
    "QuestionCode",
    "QuestionFinding",
    "Questionnaire",
    "Review",
    "Role",
    "Section",
    "Team",
]
