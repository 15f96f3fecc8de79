"""What was made of it: codebooks, codings, findings and their evidence, and how a team codes together."""

from findings.models.analysis import QUERY_LIMIT, SUMMARY_LIMIT, FrameworkCell, SavedQuery
from findings.models.codebooks import DEFINITION_LIMIT, GATEWAYS, Code, Codebook, Coder, Gateway
from findings.models.codings import Coding, Uncoded
from findings.models.findings import CaseEvidence, Evidence, Finding, Theme
from findings.models.imports import Import
from findings.models.offers import StudyOffer
from findings.models.tokens import ApiToken
from findings.models.workbench import (
    MEMO_LIMIT,
    CodebookMember,
    Decision,
    DeskRole,
    Invitation,
    QuoteNote,
    Step,
)

__all__ = [
    "DEFINITION_LIMIT",
    "GATEWAYS",
    "MEMO_LIMIT",
    "QUERY_LIMIT",
    "SUMMARY_LIMIT",
    "ApiToken",
    "CaseEvidence",
    "Code",
    "Codebook",
    "CodebookMember",
    "Coder",
    "Coding",
    "Decision",
    "DeskRole",
    "Evidence",
    "Finding",
    "FrameworkCell",
    "Gateway",
    "Import",
    "Invitation",
    "QuoteNote",
    "SavedQuery",
    "Step",
    "StudyOffer",
    "Theme",
    "Uncoded",
]
