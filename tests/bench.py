"""What tests of the workbench share: a team at a codebook, and quotes to code."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.test import Client

from findings import actions
from findings.models import Code, Codebook, CodebookMember, Coder, Coding, DeskRole
from schools.models import Quote, Study
from tests.factories import loaded_study, make_quote, make_school, make_user


@dataclass
class Team:
    """A codebook with a lead, two coders and a viewer; a school of the published study with quotes of its own."""

    codebook: Codebook
    users: dict[str, AbstractBaseUser]
    quotes: list[Quote]
    codes: list[Code] = field(default_factory=list)

    def coder(self, name: str) -> Coder:
        user = self.users[name]  # who knows its coder once there is one
        return getattr(user, "coder", None) or actions.coder_of(user=user)

    def member(self, name: str) -> CodebookMember:
        return CodebookMember.objects.get(codebook=self.codebook, user=self.users[name])

    def client(self, name: str) -> Client:
        client = Client()
        if name != "anonymous":
            client.force_login(self.users[name])
        return client

    def code(self, name: str, quote: int = 0, start: int = 0, end: int = 5, code: int = 0, memo: str = "") -> Coding:
        """A coding by a member."""
        return actions.code_passage(
            codebook=self.codebook,
            coder=self.coder(name),
            quote=self.quotes[quote],
            start=start,
            end=end,
            code=self.codes[code],
            memo=memo,
        )

    @property
    def road(self) -> str:
        return f"/workbench/{self.codebook.guid}/"


def worded(said: str, names: dict[str, Callable[[], Any]]) -> str:
    """A text with what its names in braces stand for. Only what it names is looked up: the tables of roads are long."""
    return re.sub(r"\{(\w+)\}", lambda found: str(names[found[1]]()), said)


TEXTS = ["We tried boards and kept one.", "Children teach the teachers here.", "A computer in every room."]


def make_team(*, codes: int = 2, texts: list[str] | None = None, study: Study | None = None, **fields: Any) -> Team:
    """A team that works blind, at the published study unless another with a topic is given.

    Members are called lead, ann, ben, viewer; stranger and staff are none.
    """
    study = study or loaded_study()
    users = {name: make_user(first_name=name.title()) for name in ("lead", "ann", "ben", "viewer", "stranger")}
    users["staff"] = make_user(is_staff=True, is_superuser=True)
    codebook = actions.start_codebook(
        user=users["lead"], study=study, name="Leading change", description="What leads do.", **fields
    )
    for name, role in (("ann", DeskRole.CODER), ("ben", DeskRole.CODER), ("viewer", DeskRole.VIEWER)):
        actions.coder_of(user=users[name])
        CodebookMember.objects.create(codebook=codebook, user=users[name], role=role)
    school = make_school(study)
    topic = study.topics.order_by("pk")[0]
    quotes = [
        make_quote(school, topic, text=text, position=place, locator=f"L{place}")
        for place, text in enumerate(texts or TEXTS, start=1)
    ]
    team = Team(codebook, users, quotes)
    lead = team.coder("lead")
    for number in range(1, codes + 1):
        code = (
            actions.add_code(
                codebook=codebook,
                coder=lead,
                name=f"Idea {number}",
                definition="It is.",
                number_key=number % 10 or None,
            )
            if number < 10
            else actions.add_code(codebook=codebook, coder=lead, name=f"Idea {number}", definition="It is.")
        )
        team.codes.append(code)
    codebook.refresh_from_db()
    return team
