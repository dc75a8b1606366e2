"""What every answer says that no setting of Django's covers."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


def same_origin_only(get_response: GetResponse) -> GetResponse:
    """Tells browsers that no other site's page may load what is served here."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    return middleware
