from django.urls import path

from records import views

app_name = "records"
urlpatterns = [
    path("staff/records/", views.records, name="records"),
    path("staff/records/holds/add/", views.hold_add, name="hold_add"),
    path("staff/records/holds/<int:pk>/lift/", views.hold_lift, name="hold_lift"),
    path("staff/records/people/<int:pk>/remove-contact/", views.remove_contact, name="remove_contact"),
]
