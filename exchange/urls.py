from django.urls import path

from exchange.views import imports, records, sheets

app_name = "exchange"
urlpatterns = [
    path("staff/import/", imports.import_start, name="import_start"),
    path("staff/import/sheets/", imports.example_download, name="example_download"),
    path("staff/import/<int:pk>/", imports.import_detail, name="import_detail"),
    path("staff/import/<int:pk>/apply/", imports.import_apply, name="import_apply"),
    path("staff/import/<int:pk>/cancel/", imports.import_cancel, name="import_cancel"),
    path("staff/import/<int:pk>/refused/", imports.rejected_download, name="rejected_download"),
    path("staff/export/organizations/", sheets.organizations_export, name="organizations_export"),
    path("staff/export/people/", sheets.people_export, name="people_export"),
    path("staff/export/rosters/", sheets.rosters_export, name="rosters_export"),
    path("task-forces/<slug:slug>/roster/export/", sheets.roster_export, name="roster_export"),
    path(
        "organizations/<slug:key>/people/export/", sheets.organization_people_export, name="organization_people_export"
    ),
    path("staff/records/export/", records.records_export, name="records_export"),
]
