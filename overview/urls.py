from django.urls import path

from overview import views

app_name = "overview"
urlpatterns = [
    path("", views.front, name="front"),
    path("workgroup/", views.workgroup, name="workgroup"),
    path("staff/workgroup/edit/", views.workgroup_edit, name="workgroup_edit"),
    path("staff/workgroup/events/add/", views.event_add, name="event_add"),
    path("staff/workgroup/events/<int:pk>/edit/", views.event_edit, name="event_edit"),
    path("organizations/", views.directory, name="directory"),
    path("progress/", views.progress, name="progress"),
    path("search/", views.search, name="search"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("parts/", views.parts, name="parts"),
    path("home/", views.home, name="home"),
    path("staff/", views.console, name="console"),
    path("staff/on-behalf/", views.on_behalf_entries, name="on_behalf_entries"),
    path("staff/owed-names/", views.unfilled_positions, name="unfilled_positions"),
    path("staff/confirmations/ask/", views.ask_organizations, name="ask_organizations"),
    path("staff/engagement/", views.engagement, name="engagement"),
    path("staff/engagement/export/", views.engagement_export, name="engagement_export"),
    path("staff/history/<str:model>/<int:pk>/", views.history, name="history"),
    path("staff/organizations/<slug:key>/merge/", views.merge, name="merge"),
    path("staff/people/<int:pk>/deactivate/", views.close_account, name="close_account"),
    path("staff/representations/<int:pk>/end/", views.end_representation, name="end_representation"),
]
