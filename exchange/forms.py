"""Forms to upload a spreadsheet and to choose the scope of a records export."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import uploads
from core.forms import PlainForm
from core.operations import OperationNotAllowedError
from core.sheets import InvalidSpreadsheetError, read
from exchange.bundle.scope import Scope
from exchange.workbook import parse_upload, serialize_tables
from members.models import Organization
from taskforces.forms import date_input
from taskforces.models import Body


class ImportForm(PlainForm):
    """A spreadsheet of organizations, people, and rosters. Sets `tables` and `total` in `cleaned_data`."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        max_length=200,
        help_text=_("An Excel (.xlsx) or CSV file, up to 10 MB. You see all changes before anything is saved."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> UploadedFile:
        """Check the type of the file and read its sheets."""
        file: UploadedFile = self.cleaned_data["file"]
        try:
            uploads.check_upload(file, only=[uploads.XLSX, uploads.TEXT])
            tables = serialize_tables(read(file))
            self.cleaned_data["total"] = parse_upload(tables).total
        except (OperationNotAllowedError, InvalidSpreadsheetError) as error:
            raise ValidationError(str(error)) from error
        self.cleaned_data["tables"] = tables
        return file


class ExportForm(PlainForm):
    """The scope of a records export; after validation `scope` holds it."""

    organization = forms.ModelChoiceField(
        Organization.objects.all(), required=False, empty_label=_("Any"), label=_("Organization")
    )
    body = forms.ModelChoiceField(
        Body.objects.all(), required=False, empty_label=_("Any"), label=_("Workgroup or task force")
    )
    starts_on = forms.DateField(label=_("First day"), required=False, widget=date_input())
    ends_on = forms.DateField(label=_("Last day"), required=False, widget=date_input())
    with_contact = forms.BooleanField(
        label=_("Include email addresses and phone numbers"),
        required=False,
        help_text=_("Select this only if the person who asked for the records may have them."),
    )

    def clean(self) -> dict[str, Any]:
        """Check the order of the days and that a scope is chosen."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", gettext("The last day is before the first day. Enter a later date."))
        try:
            self.scope = Scope(**cleaned)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return cleaned
