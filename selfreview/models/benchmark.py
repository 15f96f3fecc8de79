"""What many schools said, added up so that no school's answer can be told from it. See docs/benchmark.md."""

from django.db import models
from django.db.models import Q

from schools.models import Phase, Setting
from selfreview.models.questionnaire import Question
from selfreview.models.review import Level

FEWEST = 5  # schools in a block


class Block(models.Model):
    """Closed rounds of at least five schools, counted together once and never again. It does not say whose they are.

    `phase`, `setting` and `size` are those of all its schools; all empty in a block of schools that differ.
    """

    slug = models.SlugField(help_text="Of the questionnaire, in any version.")
    phase = models.CharField(max_length=20, choices=Phase, blank=True)
    setting = models.CharField(max_length=20, choices=Setting, blank=True)
    size = models.CharField(max_length=20, blank=True)
    schools = models.PositiveSmallIntegerField()
    made_on = models.DateField(auto_now_add=True)  # the day alone: a time could be set beside that of a closing

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(schools__gte=FEWEST), name="block_of_five_schools_or_more")]

    def __str__(self) -> str:
        return f"{self.slug}: {self.schools} schools"


class BlockCount(models.Model):
    """How many schools of a block stand at a level with a question (the question's first version)."""

    block = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="counts")
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="+")
    level = models.CharField(max_length=20, choices=Level)
    schools = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["block", "question", "level"], name="block_count_once_a_level")]

    def __str__(self) -> str:
        return f"{self.question_id}, {self.level}: {self.schools}"
