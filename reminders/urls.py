from django.urls import path

from reminders.views import answering, health, ledger, preferences

app_name = "reminders"
urlpatterns = [
    path("staff/reminders/", ledger.ledger, name="ledger"),
    path("staff/reminders/confirm-clock/", ledger.confirm_clock, name="confirm_clock"),
    path("staff/reminders/<int:pk>/", ledger.delivery, name="delivery"),
    path("staff/reminders/<int:pk>/resend/", ledger.resend, name="resend"),
    path("reminders/", preferences.preferences, name="preferences"),
    path("reminders/<str:token>/", preferences.preferences_link, name="preferences_link"),
    path("answer/<str:token>/<slug:purpose>/", answering.answer, name="answer"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
