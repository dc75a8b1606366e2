"""The pages that anybody may read without signing in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """What the group is for, whether it moves, and when it meets next."""
    return render(request, "overview/front.html")


workgroup = directory = progress = search = accessibility = privacy = parts = front
