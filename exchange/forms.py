"""The upload of a spreadsheet, and what an export of records is about."""

from typing import IO, Any

from django import forms
from django.core.exceptions import ValidationError

from core import uploads
from core.forms import PlainForm
from core.operations import OperationNotAllowedError
from core.sheets import InvalidSpreadsheetError, read
from exchange.bundle.scope import Scope
from exchange.workbook import stored, upload_of
from members.models import Organization
from taskforces.forms import date_input
from taskforces.models import Body


class ImportForm(PlainForm):
    """A spreadsheet of organizations, people and seats; `cleaned_data` holds its sheets as `tables`."""

    file = forms.FileField(
        label="Spreadsheet",
        max_length=200,
        help_text="XLSX or CSV, up to 10 MB. Nothing is written before you have seen what would change.",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> IO[bytes]:
        file: Any = self.cleaned_data["file"]
        try:
            uploads.check_upload(file, only=[uploads.XLSX, uploads.TEXT])
            tables = stored(read(file))
            self.cleaned_data["total"] = upload_of(tables).total
        except (OperationNotAllowedError, InvalidSpreadsheetError) as error:
            raise ValidationError(str(error)) from error
        self.cleaned_data["tables"] = tables
        return file


class ExportForm(PlainForm):
    """What an export of records is about."""

    organization = forms.ModelChoiceField(Organization.objects.all(), required=False, empty_label="Any")
    body = forms.ModelChoiceField(
        Body.objects.all(), required=False, empty_label="Any", label="Workgroup or task force"
    )
    starts_on = forms.DateField(label="Records from", required=False, widget=date_input())
    ends_on = forms.DateField(label="Records to", required=False, widget=date_input())
    with_contact = forms.BooleanField(
        label="With e-mail addresses and phone numbers",
        required=False,
        help_text="Left out unless whoever asks may have them.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The last day is before the first. Choose a later one.")
        try:
            self.scope = Scope(**cleaned)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return cleaned
