"""Uploads of the editors' desk: a preview with every fault, row by row, and then all of the file or nothing."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from import_export.admin import ImportMixin
from import_export.formats.base_formats import CSV
from import_export.forms import ConfirmImportForm, ImportForm
from import_export.tmp_storages import BaseStorage

LARGEST = 1024 * 1024  # bytes of a file; it has to pass through a form a second time
LONGEST = 24 * 3600  # seconds between a preview and its confirmation
SALT = "schools.uploads"


class InTheForm(BaseStorage):
    """Until it is confirmed a file stays with the editor, signed, in the form: nothing is left behind on the server."""

    def save(self, data: bytes) -> None:
        """Keep the file; `name` then holds it."""
        self.name = signing.dumps(data.decode("latin-1"), salt=SALT, compress=True)

    def read(self) -> str:
        """The file's text. Raises BadSignature or UnicodeDecodeError."""
        return signing.loads(self.name, salt=SALT).encode("latin-1").decode(self.encoding)

    def remove(self) -> None:
        """There is nothing to remove."""


class UploadForm(ImportForm):
    """A file to preview."""

    def clean_import_file(self) -> Any:
        """A file that is not too large."""
        file = self.cleaned_data["import_file"]
        if file.size > LARGEST:
            raise forms.ValidationError("The file is larger than 1 MB. Upload it in parts.")
        return file


class ConfirmForm(ConfirmImportForm):
    """The file that was previewed."""

    def clean_import_file_name(self) -> str:
        """The file, as it was previewed less than a day ago."""
        file = self.cleaned_data["import_file_name"]
        try:
            signing.loads(file, salt=SALT, max_age=LONGEST)
        except signing.BadSignature as fault:
            raise forms.ValidationError("This preview is too old. Upload the file again.") from fault
        return file


class UploadMixin(ImportMixin):
    """A desk where rows can also be uploaded as CSV."""

    import_template_name = "admin/upload.html"
    import_form_class = UploadForm
    confirm_form_class = ConfirmForm
    tmp_storage_class = InTheForm

    def get_import_formats(self) -> list[type[CSV]]:
        """CSV alone."""
        return [CSV]

    def has_import_permission(self, request: HttpRequest) -> bool:
        """A file can add and change, so it takes both permissions."""
        return self.has_add_permission(request) and self.has_change_permission(request)

    def get_import_data_kwargs(self, **options: Any) -> dict[str, Any]:
        """All rows or none: records can have changed since the preview."""
        return super().get_import_data_kwargs(**options) | {"rollback_on_validation_errors": True}

    def get_import_context_data(self, **options: Any) -> dict[str, Any]:
        """With the columns that a file can have."""
        columns = [field.column_name for field in self.resource_classes[0]().get_user_visible_fields()]
        return super().get_import_context_data(**options) | {"columns": columns}

    def add_data_read_fail_error_to_form(self, form: forms.Form, e: Exception) -> None:
        """Say what a person can do about a file that is no CSV."""
        form.add_error("import_file", "This file could not be read. Save it as CSV in UTF-8 and upload it again.")

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """What was imported; or, where a row no longer fits, that nothing was."""
        if not result.has_errors() and not result.has_validation_errors():
            return super().process_result(result, request)
        messages.error(request, "Nothing was imported: records changed since the preview. Upload the file again.")
        return HttpResponseRedirect(reverse("admin:{}_{}_import".format(*self.get_model_info())))
