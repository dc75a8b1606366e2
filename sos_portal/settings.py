"""All settings, read from the environment and, below it, from `.env`. The README's table lists each variable."""

from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured

from sos_portal.browser_policies import content_security_policy, permissions_policy
from sos_portal.environment import BASE_DIR, env, parse_bool, read_count, read_level
from sos_portal.logs import configure_structlog, logging_config

VAR_DIR = Path(env.str("VAR_DIR", default="") or BASE_DIR / "var")


def single_sign_on(*, OIDC_ISSUER: str, OIDC_CLIENT_ID: str, OIDC_CLIENT_SECRET: str) -> dict[str, object]:
    """Return allauth's provider setting for OpenID Connect; without an issuer it is disabled."""
    provider: dict[str, object] = {"provider_class": "accounts.single_sign_on.OpenIDConnect"}
    if OIDC_ISSUER:
        provider["APP"] = {
            "provider_id": "sso",
            "name": urlsplit(OIDC_ISSUER).hostname,
            "client_id": OIDC_CLIENT_ID,
            "secret": OIDC_CLIENT_SECRET,
            "settings": {"server_url": OIDC_ISSUER, "scope": ["openid", "email"]},
        }
    return provider


# Site -------------------------------------------------------------------------------------------

DEBUG = parse_bool("DEBUG", False)
DEMO = parse_bool("DEMO", False)
PORT = read_count("PORT", 8000)
SITE_URL = env.str("SITE_URL", default="").strip().rstrip("/") or f"http://127.0.0.1:{PORT}"
_site = urlsplit(SITE_URL)
if _site.scheme not in {"http", "https"} or not _site.hostname:
    raise ImproperlyConfigured(f"SITE_URL={SITE_URL!r} is not a web address. Write for example https://sos.example.gov")
SECURE_SITE = _site.scheme == "https"
ALLOWED_HOSTS = [host.strip() for host in env.str("ALLOWED_HOSTS", default="").split(",") if host.strip()] or [
    _site.hostname,
    *(["localhost", "127.0.0.1"] if _site.hostname in {"localhost", "127.0.0.1"} else []),
]
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SECURE_SITE else []

SECRET_KEY = env.str("SECRET_KEY", default="")
if len(SECRET_KEY) < 32 or SECRET_KEY.startswith("django-insecure"):
    raise ImproperlyConfigured(
        "SECRET_KEY is missing or too short. Put SECRET_KEY=<50 random characters> in the environment or in .env; "
        "`make run` writes one."
    )
SECRET_KEY_FALLBACKS = [key for key in env.str("SECRET_KEY_FALLBACKS", default="").split(",") if key]

# Apps and templates -------------------------------------------------------------------------------

LOCAL_APPS = [
    "core",
    "mail",
    "accounts",
    "members",
    "taskforces",
    "records",
    "objectives",
    "meetings",
    "actionitems",
    "reminders",
    "exchange",
    "overview",
    "demo",
]
INSTALLED_APPS = [
    *LOCAL_APPS,
    "sos_portal",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "simple_history",
]
MIDDLEWARE = [
    "core.middleware.same_origin_only",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.no_store",
    "accounts.middleware.session_limits",
    "accounts.middleware.PortalLoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.ImpersonationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "accounts.middleware.activate_timezone",
    "accounts.middleware.restore_form_after_login",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]
ROOT_URLCONF = "sos_portal.urls"
WSGI_APPLICATION = "sos_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["core.templatetags.ui", "django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "overview.context.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SIMPLE_HISTORY_REVERT_DISABLED = True

# Data ---------------------------------------------------------------------------------------------

DATABASE_URL = env.str("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR / 'portal.sqlite3'}"
if urlsplit(DATABASE_URL).scheme not in {"sqlite", "postgres", "postgresql"}:
    raise ImproperlyConfigured("DATABASE_URL names neither SQLite nor PostgreSQL. Write postgres://… or sqlite:///…")
try:
    DATABASES = {"default": env.db_url_config(DATABASE_URL)}
except Exception as error:
    raise ImproperlyConfigured(
        "DATABASE_URL cannot be read. Write for example postgres://user:password@host:5432/sos"
    ) from error
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    try:
        Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"DATABASE_URL names a folder that cannot be made: {error.filename}") from error
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL and urlsplit(REDIS_URL).scheme not in {"redis", "rediss", "unix"}:
    raise ImproperlyConfigured("REDIS_URL is not a Redis address. Write for example redis://localhost:6379/0")
# Rate limits and used one-time codes live here, so it is shared by every process.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "sos"}
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        # With the default of 300, new entries would push out used codes and counted failures.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Time zone and language ---------------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en-us", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["sos_portal.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="") or "America/Los_Angeles"
try:
    ZoneInfo(TIME_ZONE)
except Exception as error:
    raise ImproperlyConfigured(
        f"TIME_ZONE={TIME_ZONE!r} is not a time zone. Write for example America/Los_Angeles"
    ) from error

# Accounts -----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["accounts.backends.PortalBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/home/"
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="")
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "request_login_code": "accounts.forms.RequestLoginCodeForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
}
# The invitation verifies the email address, and only staff can change it.
ACCOUNT_EMAIL_VERIFICATION = "none"
# Email gateways of agencies can delay an email for minutes.
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 900
ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# A whole office may share one IP address, so limits by IP address alone are generous. Failed sign-ins are counted by
# account and IP address together (accounts.adapters), and by account alone.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "5/5m/key",
    "account_failed": "100/d/key",
    "request_login_code": "100/m/ip,3/m/key",
    "reset_password": "100/m/ip,5/m/key",
    "join": "5/h/ip",
}
# Single sign-on by OpenID Connect: all three or none of the settings.
OIDC = {
    "OIDC_ISSUER": env.str("OIDC_ISSUER", default="").strip().rstrip("/"),
    "OIDC_CLIENT_ID": env.str("OIDC_CLIENT_ID", default="").strip(),
    "OIDC_CLIENT_SECRET": env.str("OIDC_CLIENT_SECRET", default="").strip(),
}
if any(OIDC.values()):
    if _missing := [name for name, value in OIDC.items() if not value]:
        raise ImproperlyConfigured(f"{' and '.join(_missing)} is missing. Set {', '.join(OIDC)}, or none of them.")
    _issuer = urlsplit(OIDC["OIDC_ISSUER"])
    if not _issuer.hostname or _issuer.scheme not in (
        {"https", "http"} if _issuer.hostname in {"127.0.0.1", "localhost"} else {"https"}
    ):
        raise ImproperlyConfigured("OIDC_ISSUER is no https:// address. Write for example https://login.example.gov")
SOCIALACCOUNT_ADAPTER = "accounts.single_sign_on.SingleSignOnAdapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": single_sign_on(**OIDC)}
# A link starts single sign-on: it changes nothing here, and a form would need the provider in the content policy.
SOCIALACCOUNT_LOGIN_ON_GET = True
USERSESSIONS_ADAPTER = "accounts.adapters.SessionsAdapter"
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {"add_webauthn": "accounts.forms.AddKeyForm"}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE_SITE
# Who needs a second factor, and whose idle session ends after 30 minutes.
REQUIRE_STAFF_MFA = parse_bool("REQUIRE_STAFF_MFA", not DEMO)
MFA_REQUIRED_PREDICATES = ["accounts.permissions.is_staff", "taskforces.permissions.chairs_any"]
ALLAUTH_TRUSTED_PROXY_COUNT = read_count("TRUSTED_PROXY_COUNT", 0)
# Passwords: NIST SP 800-63B-4 asks for length and a list of common ones, and no composition rules.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.validators.LengthValidator"},
    {"NAME": "accounts.validators.CommonWordsValidator"},
    {"NAME": "accounts.validators.OwnWordsValidator"},
]
PASSWORD_CONTEXT = ["taskforces.queries.rosters.workgroup_names"]

# Browser protections ------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = SECURE_SITE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if parse_bool("TRUST_FORWARDED_PROTO", False) else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^healthz/$", r"^readyz/$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_SITE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_SITE
SECURE_HSTS_PRELOAD = SECURE_SITE
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SITE
SESSION_COOKIE_NAME = "__Host-session" if SECURE_SITE else "sos_session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_SITE else "sos_csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 24 * 3600
# A message may contain a person's name, so it is stored in the session and not in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CONTENT_SECURITY_POLICY = content_security_policy(upgrade=SECURE_SITE)
PERMISSIONS_POLICY = permissions_policy()
# Shown for a form that was open when the session ended.
CSRF_FAILURE_VIEW = "overview.views.errors.csrf_failure"

# Static files -------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Email --------------------------------------------------------------------------------------------

MAIL_DIR = Path(env.str("MAIL_DIR", default="") or VAR_DIR / "mail")
EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    try:
        _email = env.email_url_config(EMAIL_URL)
    except Exception as error:
        raise ImproperlyConfigured(
            "EMAIL_URL cannot be read. Write for example smtp+tls://user:password@host:587"
        ) from error
    vars().update(_email)
else:
    EMAIL_BACKEND = "mail.backends.OutboxBackend"
EMAIL_TIMEOUT = 20
# Bounces: the envelope sender, and the mailbox that is read for delivery reports.
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", default="").strip()
BOUNCE_MAILBOX_URL = env.str("BOUNCE_MAILBOX_URL", default="").strip()
if BOUNCE_MAILBOX_URL:
    from mail.rules import parse_mailbox_url

    try:
        parse_mailbox_url(BOUNCE_MAILBOX_URL)
    except ValueError as error:
        raise ImproperlyConfigured(f"BOUNCE_MAILBOX_URL cannot be read. {error}") from None
# The secret with which an email service reports bounces.
ANYMAIL_WEBHOOK_SECRET = env.str("ANYMAIL_WEBHOOK_SECRET", default="").strip()
if ANYMAIL_WEBHOOK_SECRET and ":" not in ANYMAIL_WEBHOOK_SECRET:
    raise ImproperlyConfigured("ANYMAIL_WEBHOOK_SECRET is a name and a password with a colon between them.")
ANYMAIL = {"WEBHOOK_SECRET": ANYMAIL_WEBHOOK_SECRET}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="") or "Workgroup portal <portal@example.org>"

# Uploads ------------------------------------------------------------------------------------------

# The address of the virus scanner; without one, files are checked by type and size only.
CLAMAV_ADDRESS = env.str("CLAMAV_ADDRESS", default="").strip()
_scanner = urlsplit(CLAMAV_ADDRESS)
if CLAMAV_ADDRESS and not {"tcp": _scanner.hostname, "unix": _scanner.path}.get(_scanner.scheme):
    raise ImproperlyConfigured("CLAMAV_ADDRESS is no address of a scanner. Write tcp://localhost:3310 or unix:/path")

# Celery -------------------------------------------------------------------------------------------

BROKER_DIR = VAR_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost//"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
if not REDIS_URL:
    for _folder in ("messages", "processed", "control"):
        (BROKER_DIR / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "messages"),
        "data_folder_out": str(BROKER_DIR / "messages"),
        "processed_folder": str(BROKER_DIR / "processed"),
        "control_folder": str(BROKER_DIR / "control"),
        "store_processed": False,
        "polling_interval": 0.2,  # so that the worker stops within five seconds of Ctrl-C
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "reminders.tasks.tick", "schedule": 60.0, "options": {"expires": 55}},
    "imports": {"task": "exchange.tasks.process_imports", "schedule": 60.0, "options": {"expires": 55}},
}
if BOUNCE_MAILBOX_URL:
    CELERY_BEAT_SCHEDULE["bounces"] = {"task": "mail.tasks.read_bounces", "schedule": 600.0}

# Logs ---------------------------------------------------------------------------------------------

# Addresses that start with these contain a token, which must not be logged or cached.
TOKEN_URL_PREFIXES = ["/invitations/", "/reminders/", "/answer/", "/confirm/"]
SECRET_PARAMETERS = ["code", "state", "token"]
LOGGING = logging_config(readable=DEBUG or DEMO, level=read_level("LOG_LEVEL", "INFO"))
configure_structlog()
