"""Every address of the portal. Each app names its own whole paths; stable ones are listed in the README."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("overview.urls")),
    path("", include("accounts.urls")),
    path("", include("members.urls")),
    path("", include("taskforces.urls")),
    path("", include("records.urls")),
    path("", include("objectives.urls")),
    path("", include("meetings.urls")),
    path("", include("actionitems.urls")),
    path("", include("mail.urls")),
    path("", include("reminders.urls")),
    path("", include("exchange.urls")),
    # After accounts, which puts a page of its own before one of the library's.
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

if settings.ANYMAIL_WEBHOOK_SECRET:
    urlpatterns.append(path("anymail/", include("mail.webhooks")))

handler400 = "overview.views.errors.bad_request"
handler403 = "overview.views.errors.permission_denied"
handler404 = "overview.views.errors.not_found"
handler500 = "overview.views.errors.server_error"
