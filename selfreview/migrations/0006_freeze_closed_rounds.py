"""Rounds that were closed before their school, people and actions were kept with them: keep these as they stand now."""

from django.db import migrations

STATUS = {"to-do": "To do", "doing": "Doing", "done": "Done", "dropped": "Dropped"}
DETAILS = ("name", "phase", "setting", "pupils", "fsm_percent", "urn")


def freeze(apps, schema_editor):
    Review = apps.get_model("selfreview", "Review")
    for review in Review.objects.filter(state="closed").select_related("team").iterator():
        team = review.team
        details = {name: getattr(team, name) for name in DETAILS}
        details["fsm_percent"] = None if team.fsm_percent is None else str(team.fsm_percent)
        review.frozen = {
            "school": team.name or "Your school",
            "details": details,
            "actions": [_action(one) for one in team.actions.select_related("owner", "question__section")],
            "names": {str(one.pk): one.name or "A colleague" for one in team.members.all()},
        }
        review.save(update_fields=["frozen"])


def _action(action):
    question = action.question
    return {
        "title": action.title,
        "owner": (action.owner.name or "A colleague") if action.owner else "",
        "due": action.due and action.due.isoformat(),
        "status": STATUS[action.status],
        "question": f"{question.section.position}.{question.position}" if question else "",
        "notes": action.notes,
    }


class Migration(migrations.Migration):
    dependencies = [("selfreview", "0005_views_invitations_benchmark")]
    operations = [migrations.RunPython(freeze, migrations.RunPython.noop)]
