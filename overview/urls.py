from django.urls import path

from overview.views import (
    confirmations,
    console,
    engagement,
    history,
    home,
    merge,
    offboarding,
    on_behalf_log,
    public,
    unfilled_positions,
    workgroup_profile,
)

app_name = "overview"
urlpatterns = [
    path("", public.front, name="front"),
    path("workgroup/", public.workgroup, name="workgroup"),
    path("staff/workgroup/edit/", workgroup_profile.workgroup_edit, name="workgroup_edit"),
    path("staff/workgroup/events/add/", workgroup_profile.event_add, name="event_add"),
    path("staff/workgroup/events/<int:pk>/edit/", workgroup_profile.event_edit, name="event_edit"),
    path("organizations/", public.directory, name="directory"),
    path("progress/", public.progress, name="progress"),
    path("search/", public.search, name="search"),
    path("accessibility/", public.accessibility, name="accessibility"),
    path("privacy/", public.privacy, name="privacy"),
    path("style-guide/", public.style_guide, name="style_guide"),
    path("home/", home.home, name="home"),
    path("staff/", console.console, name="console"),
    path("staff/on-behalf/", on_behalf_log.on_behalf_entries, name="on_behalf_entries"),
    path("staff/unfilled-positions/", unfilled_positions.unfilled_positions, name="unfilled_positions"),
    path("staff/confirmations/ask/", confirmations.ask_organizations, name="ask_organizations"),
    path("staff/engagement/", engagement.engagement, name="engagement"),
    path("staff/engagement/export/", engagement.engagement_export, name="engagement_export"),
    path("staff/history/<str:model>/<int:pk>/", history.history, name="history"),
    path("staff/organizations/<slug:key>/merge/", merge.merge, name="merge"),
    path("staff/people/<int:pk>/deactivate/", offboarding.close_account, name="close_account"),
    path("staff/representations/<int:pk>/end/", offboarding.end_representation, name="end_representation"),
]
