"""Response headers that no Django setting covers."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


def same_origin_only(get_response: GetResponse) -> GetResponse:
    """Set Cross-Origin-Resource-Policy, so that pages of other sites cannot load our responses."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    return middleware
