"""How often a codebook's codes were used, as far as a person may see it."""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Count

from findings.models import Code, Codebook, Coding
from findings.tree import codebook_tree


@dataclass(frozen=True)
class CodeRow:
    """A code in its tree, with its codings and the quotes that they are of."""

    code: Code
    depth: int
    path: str
    codings: int
    quotes: int


def tree_with_counts(codebook: Codebook, user: AbstractBaseUser | AnonymousUser) -> list[CodeRow]:
    """Every code of a codebook, retired ones included. Two queries."""
    visible = Coding.objects.visible_to(user, codebook).exclude(coder__agreed_for=codebook).order_by()
    counted = visible.values_list("code").annotate(n=Count("pk"), quotes=Count("quote", distinct=True))
    counts = {code: (n, quotes) for code, n, quotes in counted}
    return [
        CodeRow(node.code, node.depth, node.path, *counts.get(node.code.pk, (0, 0))) for node in codebook_tree(codebook)
    ]
