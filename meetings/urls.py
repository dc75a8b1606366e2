from django.urls import path

from meetings.views import conduct, public, scheduling

app_name = "meetings"
urlpatterns = [
    path("meetings/", public.meeting_list, name="list"),
    path("meetings.ics", public.feed, name="feed"),
    path("meetings/<int:pk>/", public.meeting_detail, name="detail"),
    path("meetings/<int:pk>.ics", public.meeting_file, name="calendar_file"),
    path("task-forces/<slug:slug>/meetings/add/", scheduling.meeting_add, name="add"),
    path("meetings/<int:pk>/edit/", scheduling.meeting_edit, name="edit"),
    path("meetings/<int:pk>/agenda/", scheduling.agenda, name="agenda"),
    path("meetings/<int:pk>/schedule/", scheduling.schedule, name="schedule"),
    path("meetings/<int:pk>/cancel/", scheduling.cancel, name="cancel"),
    path("meetings/<int:pk>/answer/", conduct.answer, name="answer"),
    path("meetings/<int:pk>/on-behalf/", conduct.answer_on_behalf, name="answer_on_behalf"),
    path("meetings/<int:pk>/start/", conduct.start, name="start"),
    path("meetings/<int:pk>/close/", conduct.close, name="close"),
    path("meetings/<int:pk>/attendance/", conduct.attendance, name="attendance"),
    path("meetings/<int:pk>/minutes/", conduct.minutes, name="minutes"),
    path("meetings/<int:pk>/minutes/publish/", conduct.publish_minutes, name="publish_minutes"),
]
