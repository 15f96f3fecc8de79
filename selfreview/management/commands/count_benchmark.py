"""Add up closed rounds that wait to be counted in the benchmark."""

from typing import Any

from django.core.management.base import BaseCommand

from selfreview.benchmark import count_waiting
from selfreview.models import Questionnaire


class Command(BaseCommand):
    """`count_benchmark` does what the closing of a round does too; it is for schools that took part later."""

    help = "Count closed rounds of schools that take part in the benchmark, in blocks of five or more."

    def handle(self, *args: Any, **options: Any) -> None:
        slugs = Questionnaire.objects.order_by("slug").values_list("slug", flat=True).distinct()
        made = sum(count_waiting(slug=slug) for slug in slugs)
        self.stdout.write(f"{made} block{'' if made == 1 else 's'} made.")
