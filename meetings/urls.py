from django.urls import path

from meetings.views import holding, planning, reading

app_name = "meetings"
urlpatterns = [
    path("meetings/", reading.meeting_list, name="list"),
    path("meetings.ics", reading.feed, name="feed"),
    path("meetings/<int:pk>/", reading.meeting_detail, name="detail"),
    path("meetings/<int:pk>.ics", reading.meeting_file, name="calendar_file"),
    path("task-forces/<slug:slug>/meetings/add/", planning.meeting_add, name="add"),
    path("meetings/<int:pk>/edit/", planning.meeting_edit, name="edit"),
    path("meetings/<int:pk>/agenda/", planning.agenda, name="agenda"),
    path("meetings/<int:pk>/schedule/", planning.schedule, name="schedule"),
    path("meetings/<int:pk>/cancel/", planning.cancel, name="cancel"),
    path("meetings/<int:pk>/answer/", holding.answer, name="answer"),
    path("meetings/<int:pk>/on-behalf/", holding.answer_on_behalf, name="answer_on_behalf"),
    path("meetings/<int:pk>/start/", holding.start, name="start"),
    path("meetings/<int:pk>/close/", holding.close, name="close"),
    path("meetings/<int:pk>/attendance/", holding.attendance, name="attendance"),
    path("meetings/<int:pk>/minutes/", holding.minutes, name="minutes"),
    path("meetings/<int:pk>/minutes/publish/", holding.publish_minutes, name="publish_minutes"),
]
