"""The URL configuration with the secret of an email service set."""

from django.urls import include, path

from sos_portal import urls

urlpatterns = [*urls.urlpatterns, path("anymail/", include("mail.webhooks"))]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
