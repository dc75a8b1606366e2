from django.urls import path

from reminders.views import ahead, announcements, answering, chase, health, ledger, mails, pauses, preferences

app_name = "reminders"
urlpatterns = [
    path("staff/reminders/", ledger.ledger, name="ledger"),
    path("staff/reminders/confirm-clock/", ledger.confirm_clock, name="confirm_clock"),
    path("staff/reminders/<int:pk>/", ledger.delivery, name="delivery"),
    path("staff/reminders/<int:pk>/resend/", ledger.resend, name="resend"),
    path("staff/reminders/<int:pk>/preview/", ahead.delivery_preview, name="delivery_preview"),
    path("staff/reminders/upcoming/", ahead.upcoming, name="upcoming"),
    path("staff/reminders/upcoming/<str:key>/", ahead.preview, name="preview"),
    path("staff/reminders/dry-run/", ahead.dry_run, name="dry_run"),
    path("staff/reminders/rows/", ledger.reminder_rows, name="rows"),
    path("staff/reminders/resend-all/", ledger.resend_all, name="resend_all"),
    path("staff/reminders/pauses/", pauses.pauses, name="pauses"),
    path("staff/reminders/pauses/<int:pk>/lift/", pauses.lift, name="pause_lift"),
    path("staff/reminders/addresses/", pauses.addresses, name="addresses"),
    path("staff/reminders/addresses/<int:pk>/lift/", pauses.lift_address, name="address_lift"),
    path("staff/announcements/", announcements.announcements, name="announcements"),
    path("staff/announcements/add/", announcements.announcement_add, name="announcement_add"),
    path("staff/announcements/<int:pk>/", announcements.announcement, name="announcement"),
    path("staff/announcements/<int:pk>/edit/", announcements.announcement_edit, name="announcement_edit"),
    path("staff/announcements/<int:pk>/test/", announcements.announcement_test, name="announcement_test"),
    path("staff/announcements/<int:pk>/send/", announcements.announcement_send, name="announcement_send"),
    path("staff/announcements/<int:pk>/stop/", announcements.announcement_stop, name="announcement_stop"),
    path("staff/people/<int:pk>/mails/", mails.mails_of, name="mails_of"),
    path("staff/chase/", chase.chase, name="chase"),
    path("staff/chase/<slug:matter>/<int:pk>/", chase.chase_nudge, name="chase_nudge"),
    path("reminders/", preferences.preferences, name="preferences"),
    path("reminders/<str:token>/", preferences.preferences_link, name="preferences_link"),
    path("answer/<str:token>/<slug:purpose>/", answering.answer, name="answer"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
