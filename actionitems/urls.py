from django.urls import path

from actionitems import views

app_name = "actionitems"
urlpatterns = [
    path("action-items/", views.item_list, name="list"),
    path("action-items/add/", views.item_add, name="add"),
    path("action-items/<int:pk>/", views.item_detail, name="detail"),
    path("action-items/<int:pk>/edit/", views.item_edit, name="edit"),
    path("action-items/<int:pk>/move/", views.item_change_status, name="change_status"),
    path("action-items/<int:pk>/on-behalf/", views.item_on_behalf, name="on_behalf"),
    path("action-items/<int:pk>/done/", views.item_done, name="done"),
]
