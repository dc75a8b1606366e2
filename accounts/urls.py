from django.urls import path, re_path

from accounts import views

app_name = "accounts"
urlpatterns = [
    # Replace the library's pages with the same addresses, so they come first.
    path("accounts/email/", views.address_change, name="address_change"),
    re_path(r"^accounts/confirm-email/", views.address_change, name="address_confirmation"),
    path("accounts/sessions/<int:pk>/end/", views.end_session, name="end_session"),
    path("profile/", views.profile, name="profile"),
    path("staff/people/<int:pk>/view-as/", views.view_as, name="view_as"),
    path("staff/view-as/stop/", views.view_as_stop, name="view_as_stop"),
    path("staff/security/", views.security_events, name="security_events"),
    path("staff/security/export/", views.security_events_export, name="security_events_export"),
]
