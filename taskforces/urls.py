from django.urls import path

from taskforces.views import bodies, people, requirements, rosters

app_name = "taskforces"
urlpatterns = [
    path("task-forces/", bodies.body_list, name="list"),
    path("staff/task-forces/add/", bodies.body_add, name="add"),
    path("task-forces/<slug:slug>/", bodies.body_detail, name="detail"),
    path("task-forces/<slug:slug>/meetings/", bodies.body_meetings, name="meetings"),
    path("task-forces/<slug:slug>/action-items/", bodies.body_action_items, name="action_items"),
    path("task-forces/<slug:slug>/members/", bodies.body_members, name="members"),
    path("task-forces/<slug:slug>/edit/", bodies.body_edit, name="edit"),
    path("task-forces/<slug:slug>/roster/", rosters.roster, name="roster"),
    path("task-forces/<slug:slug>/seats/add/", rosters.seat_add, name="seat_add"),
    path("organizations/<slug:key>/people/", people.organization_people, name="organization_people"),
    path("seats/<int:pk>/close/", rosters.seat_close, name="seat_close"),
    path("seats/<int:pk>/fill/", rosters.term_start, name="term_start"),
    path("terms/<int:pk>/renew/", rosters.term_renew, name="term_renew"),
    path("terms/<int:pk>/end/", rosters.term_end, name="term_end"),
    path("staff/task-forces/<slug:slug>/composition/", requirements.requirement_list, name="requirement_list"),
    path("staff/requirements/<int:pk>/edit/", requirements.requirement_edit, name="requirement_edit"),
    path("staff/requirements/<int:pk>/end/", requirements.requirement_end, name="requirement_end"),
    path("staff/rosters/", rosters.all_rosters, name="rosters"),
]
