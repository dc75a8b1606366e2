import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from mail.backends import OutboxBackend
from mail.outbox import list_message_names

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMO = True
    settings.MAIL_DIR = tmp_path
    return tmp_path


def write(subject="Hello", html="<p>Hi</p>") -> str:
    mail = EmailMultiAlternatives(subject, "Text http://portal.test/x/", "a@example.org", ["b@example.org"])
    mail.attach_alternative(html, "text/html")
    mail.attach_alternative("BEGIN:VCALENDAR\r\nEND:VCALENDAR", "text/calendar; method=REQUEST")
    mail.attach("meeting.ics", b"BEGIN", "application/ics")
    assert OutboxBackend().send_messages([mail]) == 1
    return list_message_names()[0]


def test_outbox_lists_newest_first_and_shows_each(demo):
    first, second = write("First"), write("Second")
    page = Client().get("/outbox/").content.decode()
    assert page.index("Second") < page.index("First")
    assert first != second
    page = Client().get(f"/outbox/{second}/").content.decode()
    for words in (
        "Second",
        "b@example.org",
        "meeting.ics",
        "BEGIN:VCALENDAR",
        "REQUEST",
        '<a href="http://portal.test/x/"',
    ):
        assert words in page


def test_empty_outbox_explains_itself(demo):
    assert "No emails yet" in Client().get("/outbox/").content.decode()


@pytest.mark.parametrize(
    "extra",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"HTTP_FORWARDED": "for=192.0.2.7"},
        {"HTTP_X_REAL_IP": "192.0.2.7"},
    ],
)
def test_outbox_is_visible_only_on_the_machine(demo, cast, extra):
    name = write()
    for who in ("visitor", "staff"):
        for url in ("/outbox/", f"/outbox/{name}/"):
            assert cast.client(who).get(url, **extra).status_code == 404
            assert cast.client(who).get(url, REMOTE_ADDR="::1").status_code == 200


def test_outbox_exists_only_in_a_demonstration(demo, settings):
    name = write()
    settings.DEMO = False
    for url in ("/outbox/", f"/outbox/{name}/"):
        assert Client().get(url).status_code == 404


@pytest.mark.parametrize("name", ["nothing.eml", "..%2F..%2Fsettings.py", "20261122T180000000000-00000000.eml"])
def test_unknown_email_is_not_found(demo, name):
    (demo / "nothing.eml").write_text("x")
    assert Client().get(f"/outbox/{name}/").status_code == 404


def test_email_html_is_sanitized(demo):
    nasty = (
        "<style>p{}</style><p onclick=x()>Hi <img src=http://e.example/x>"
        "<script>alert(1)</script><a href='javascript:x()'>l</a></p>"
    )
    name = write(html=f"<html><head><title>t</title></head><body>{nasty}</body></html>")
    page = Client().get(f"/outbox/{name}/").content.decode()
    shown = page[page.index('class="mail-html"') :]
    for word in ("<img", "onclick", "alert(1)", "javascript:", "<style"):
        assert word not in shown


def test_email_file_is_complete_or_absent(demo):
    write()
    assert [path.suffix for path in demo.iterdir()] == [".eml"]
