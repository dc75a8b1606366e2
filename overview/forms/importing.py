"""The upload of a spreadsheet."""

from typing import IO, Any

from django import forms
from django.core.exceptions import ValidationError

from core import uploads
from core.forms import PlainForm
from core.operations import OperationNotAllowedError
from core.sheets import InvalidSpreadsheetError, read
from overview.importing import stored, upload_of


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
