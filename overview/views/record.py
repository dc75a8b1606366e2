"""Staff keep the workgroup's own record and its public timeline."""

from overview.views.public import front

workgroup_edit = event_add = event_edit = front
