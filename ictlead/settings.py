"""Settings of ICT Lead. Every switch is an environment variable, read here and described in docs/operations.md.

The defaults are those of a public site: debugging off, HTTPS on, and no start without a secret key.
`make run` sets what a laptop needs.
"""

import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def env_flag(name: str, default: bool) -> bool:
    """A switch from the environment: 1, true, yes, on or 0, false, no, off (or empty, which is off)."""
    value = os.environ.get(name, "1" if default else "0").strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither on nor off. Set it to 1 or 0.")


def env_list(name: str, default: str = "") -> list[str]:
    """A list from the environment, separated by commas; blanks around the items do not count."""
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


def env_number(name: str, default: int) -> int:
    """A whole number from the environment."""
    value = os.environ.get(name, str(default))
    if not (value.isascii() and value.isdecimal()):
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number of 0 or more.")
    return int(value)


# ── Switches ────────────────────────────────────────────────────────────────────────────────────
DEBUG = env_flag("DEBUG", False)
HTTPS = env_flag("HTTPS", not DEBUG)
SECRET_KEY = os.environ.get("SECRET_KEY", "")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
DATABASE_URL = os.environ.get("DATABASE_URL", "")
DATA_DIR = Path(os.environ.get("DATA_DIR", BASE_DIR / "var"))
HSTS_SECONDS = env_number("HSTS_SECONDS", 365 * 24 * 3600)
TRUST_PROXY = env_flag("TRUST_PROXY", False)
LOG_LEVEL = os.environ.get("LOG_LEVEL", "INFO").upper()
CONTACT_EMAIL = os.environ.get("CONTACT_EMAIL", "")
SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
SMTP_HOST = os.environ.get("SMTP_HOST", "")
SMTP_PORT = env_number("SMTP_PORT", 587)
SMTP_TLS = env_flag("SMTP_TLS", True)
SMTP_USER = os.environ.get("SMTP_USER", "")
SMTP_PASSWORD = os.environ.get("SMTP_PASSWORD", "")
FROM_EMAIL = os.environ.get("FROM_EMAIL", "")
CACHE_URL = os.environ.get("CACHE_URL", "")
PAGES_KEPT = env_number("PAGES_KEPT", 1000)
IMPORT_LARGEST_MB = env_number("IMPORT_LARGEST_MB", 20)
IMPORT_UNPACKED_MB = env_number("IMPORT_UNPACKED_MB", 200)
IMPORT_MOST_CODINGS = env_number("IMPORT_MOST_CODINGS", 100_000)

if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
    raise ImproperlyConfigured(f"LOG_LEVEL={LOG_LEVEL!r} is not DEBUG, INFO, WARNING, ERROR or CRITICAL.")
if CACHE_URL and not CACHE_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured(
        f"CACHE_URL={CACHE_URL!r} is no address of a Redis or Valkey server. "
        "Write redis://host:6379/0, rediss://… over TLS, or unix:///path/to/socket; leave it empty for memory."
    )
if SMTP_HOST and "@" not in FROM_EMAIL:
    raise ImproperlyConfigured(
        f"FROM_EMAIL={FROM_EMAIL!r} is no e-mail address. "
        "With SMTP_HOST set, the site sends e-mail: say from which address."
    )
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Make one with\n"
            "  python -c 'import secrets; print(secrets.token_urlsafe(50))'\n"
            "and set it in the environment, the same for every process of the site. "
            "For a try on this machine use `make run`, which makes and keeps one."
        )
    SECRET_KEY = "for-debugging-only-" + "x" * 40

# ── Application ─────────────────────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "ictlead",
    "selfreview",
    "exchange",
    "reading",
    "findings",
    "schools",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "import_export",
    "simple_history",
    "tree_queries",
]

MIDDLEWARE = [
    "ictlead.published.published_pages",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "ictlead.middleware.permissions_policy",
    "ictlead.middleware.private_pages",
    "ictlead.middleware.only_utf8",
    "ictlead.study_roads.other_studies",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "ictlead.urls"
WSGI_APPLICATION = "ictlead.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "reading.context.abbreviations",
                "ictlead.accounts.mail.mail_state",
            ],
            "builtins": ["schools.templatetags.house", "findings.templatetags.pieces"],
        },
    }
]

# ── Database ────────────────────────────────────────────────────────────────────────────────────
SQLITE_OPTIONS = {
    # Readers and the one writer do not wait for each other; a writer waits 20 s for its turn before it fails.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;",
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
}
# PostgreSQL would compile each query that it expects to be long, which takes longer than any of ours. It finds the best
# order of so many joins only: a page counts over eleven tables. A disk without moving parts finds one page nearly
# as quickly as the next. Options in DATABASE_URL (`?options=…`) take the place of these.
POSTGRESQL_OPTIONS = "-c jit=off -c join_collapse_limit=11 -c from_collapse_limit=11 -c random_page_cost=1.1"
DATABASES = {
    "default": dj_database_url.parse(
        DATABASE_URL or f"sqlite:///{DATA_DIR / 'ictlead.sqlite3'}",
        conn_max_age=env_number("DATABASE_MAX_AGE", 60),
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
else:
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", POSTGRESQL_OPTIONS)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ── Language and time ───────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en-gb"
TIME_ZONE = os.environ.get("TIME_ZONE", "Europe/London")
USE_I18N = False
USE_TZ = True

# ── Files ───────────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "ictlead.storage.HashedFiles"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
FIXTURE_DIRS = [BASE_DIR / "fixtures"]
DATA_PACKAGE_TABLES = ["selfreview.tables.DATASETS"]  # besides those of exchange.datasets

# ── Security ────────────────────────────────────────────────────────────────────────────────────
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "ictlead.errors.form_expired"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = HSTS_SECONDS if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# ── Accounts ────────────────────────────────────────────────────────────────────────────────────
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # refuses who has guessed too often at the desk
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
PASSWORD_RESET_TIMEOUT = 24 * 3600
ACCOUNT_ADAPTER = "ictlead.accounts.adapter.Adapter"
ACCOUNT_FORMS = {
    "add_email": "ictlead.accounts.forms.AddEmailForm",
    "change_password": "ictlead.accounts.forms.ChangePasswordForm",
    "confirm_email_verification_code": "ictlead.accounts.forms.ConfirmEmailVerificationCodeForm",
    "confirm_login_code": "ictlead.accounts.forms.ConfirmLoginCodeForm",
    "login": "ictlead.accounts.forms.LoginForm",
    "reauthenticate": "ictlead.accounts.forms.ReauthenticateForm",
    "request_login_code": "ictlead.accounts.forms.RequestLoginCodeForm",
    "reset_password": "ictlead.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "ictlead.accounts.forms.ResetPasswordKeyForm",
    "set_password": "ictlead.accounts.forms.SetPasswordForm",
    "signup": "ictlead.accounts.forms.SignupForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_CHANGE_EMAIL = True  # one address an account; a new one replaces it once it is verified
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60  # seconds; e-mail can be slow
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a change of password or address is told to the address
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # another address is taken only from who knows the password
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if TRUST_PROXY else 0

# What the limits count; without CACHE_URL each process counts for itself. The default would forget after 300 addresses.
CACHES: dict[str, dict] = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
    "pages": {  # whole published pages; each process keeps its own
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "TIMEOUT": 24 * 3600,
        "OPTIONS": {"MAX_ENTRIES": PAGES_KEPT},
    },
}
if CACHE_URL:
    for name, cache in CACHES.items():
        cache["BACKEND"] = "django.core.cache.backends.redis.RedisCache"
        cache["LOCATION"] = CACHE_URL
        cache["KEY_PREFIX"] = f"ictlead-{name}"
        cache["OPTIONS"] = {"socket_timeout": 1, "socket_connect_timeout": 1}  # seconds that a page waits for it

# Who guesses passwords at /admin/ waits. The pages under /account/ have allauth's own limits.
AXES_HANDLER = "ictlead.accounts.desk.DeskHandler"
AXES_CLIENT_IP_CALLABLE = "ictlead.accounts.desk.client_ip"
AXES_LOCKOUT_CALLABLE = "ictlead.accounts.desk.locked_out"
AXES_LOCKOUT_PARAMETERS = ["ip_address"]  # not the name: nobody can lock an editor out from elsewhere
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # so that the time told to the person stays true
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # who signs in when is nobody's business
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# ── E-mail: on the log until a server is named ──────────────────────────────────────────────────
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if SMTP_HOST else 'console'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = SMTP_HOST, SMTP_PORT
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = SMTP_USER, SMTP_PASSWORD
EMAIL_USE_SSL = SMTP_TLS and SMTP_PORT == 465
EMAIL_USE_TLS = SMTP_TLS and not EMAIL_USE_SSL
EMAIL_TIMEOUT = 10  # seconds that a page waits for the mail server
DEFAULT_FROM_EMAIL = SERVER_EMAIL = FROM_EMAIL or "ictlead@localhost"

# ── Logs: one line an event, on standard error ──────────────────────────────────────────────────
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"secrets": {"()": "ictlead.logs.HideSecrets"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": LOG_LEVEL, "propagate": False},
        "django.server": {"handlers": ["stderr"], "level": LOG_LEVEL, "propagate": False},
    },
}

IMPORT_EXPORT_SKIP_ADMIN_LOG = False
IMPORT_EXPORT_USE_TRANSACTIONS = True
SIMPLE_HISTORY_REVERT_DISABLED = True
