from django.urls import path

from objectives.views import objectives, on_behalf, publication, strategies, updates

app_name = "objectives"
urlpatterns = [
    path("objectives/", objectives.objective_list, name="list"),
    path("objectives/<int:number>/", objectives.objective_detail, name="detail"),
    path("objectives/<int:number>/edit/", objectives.objective_edit, name="edit"),
    path("plans/<slug:plan>/objectives/<int:number>/", objectives.objective_detail, name="old_detail"),
    path("strategies/<int:pk>/", strategies.strategy_detail, name="strategy"),
    path("task-forces/<slug:slug>/strategies/add/", strategies.strategy_add, name="strategy_add"),
    path("strategies/<int:pk>/edit/", strategies.strategy_edit, name="strategy_edit"),
    path("strategies/<int:pk>/close/", strategies.strategy_close, name="strategy_close"),
    path("strategies/<int:pk>/milestones/add/", strategies.milestone_add, name="milestone_add"),
    path("milestones/<int:pk>/done/", strategies.milestone_done, name="milestone_done"),
    path("milestones/<int:pk>/reopen/", strategies.milestone_reopen, name="milestone_reopen"),
    path("updates/", updates.updates_due, name="updates_due"),
    path("strategies/<int:pk>/update/", updates.write_update, name="write_update"),
    path("strategies/<int:pk>/confirm-status/", updates.confirm_status, name="confirm_status"),
    path("strategies/<int:pk>/on-behalf/", on_behalf.update_on_behalf, name="update_on_behalf"),
    path("updates/<int:pk>/", updates.edit_update, name="edit_update"),
    path("updates/<int:pk>/submit/", updates.submit_update, name="submit_update"),
    path("updates/<int:pk>/return/", publication.return_update, name="return_update"),
    path("staff/publish/", publication.publication_queue, name="publication_queue"),
    path("staff/publish/now/", publication.publish, name="publish"),
]
