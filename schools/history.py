"""What a record was before an edit."""

from django.db import models

AS_LOADED = "As it was before the first edit here"


def keep_state_before(record: models.Model) -> None:
    """Put a record's stored state into its history, unless the history ends with it. Call it before the edit is saved.

    Loading the study writes no history. Without this, the first edit of a record would leave no trace of what it
    replaced. Does nothing for a record that is new, or whose model keeps no history.
    """
    model = type(record)
    stored = model._base_manager.filter(pk=record.pk).first() if hasattr(model, "history") else None
    if stored is None:
        return
    last = model.history.filter(id=record.pk).first()
    tracked = [field.attname for field in model.history.model.tracked_fields]
    if last is None or any(getattr(last, name) != getattr(stored, name) for name in tracked):
        stored._history_user = None  # nobody did this here
        model.history.bulk_history_create([stored], update=last is not None, default_change_reason=AS_LOADED)
