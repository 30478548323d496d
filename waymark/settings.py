"""All settings, read from the environment in this one file.

Development values are the defaults; `waymark.startup` refuses to start production with them.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import django_stubs_ext
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured

django_stubs_ext.monkeypatch()  # lets `ForeignKey[A, B]` be written where the type checker wants it

BASE_DIR = Path(__file__).resolve().parent.parent
DEFAULT_SECRET = "development-only-secret-never-in-production"  # noqa: S105


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def env_bool(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


ENVIRONMENT = os.environ.get("WAYMARK_ENV", "development")  # development | demo | test | production
DEBUG = env_bool("DEBUG")
SECRET_KEY = os.environ.get("SECRET_KEY", DEFAULT_SECRET)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "127.0.0.1,localhost,testserver")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
# `<slug>.BASE_DOMAIN` belongs to a tenant; on any other allowed host the membership decides.
BASE_DOMAIN = os.environ.get("BASE_DOMAIN", "")
ADMIN_ENABLED = env_bool("ADMIN_ENABLED")
PRODUCTION = ENVIRONMENT == "production"


# --- database -------------------------------------------------------------------------------------------------------
def database(url: str) -> dict[str, object]:
    """Django's settings for a `postgresql://user:password@host:port/name` address."""
    parts = urlsplit(url)
    return {
        "ENGINE": "tenancy.postgres",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,  # transaction poolers cannot keep a cursor between statements
        "OPTIONS": {"connect_timeout": 3},
    }


DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql://waymark_app@127.0.0.1:5432/waymark")
# migrate runs as the owner (BYPASSRLS); everything else as the restricted role.
DATABASE_OWNER_URL = os.environ.get("DATABASE_OWNER_URL", "")
# Finds tenants with pending work; without it every tenant is asked in turn.
DATABASE_OPS_URL = os.environ.get("DATABASE_OPS_URL", "")
DATABASE_ROLE = os.environ.get("WAYMARK_DATABASE_ROLE", "app")
DATABASES = {
    "default": database(DATABASE_OWNER_URL if DATABASE_ROLE == "owner" and DATABASE_OWNER_URL else DATABASE_URL)
}
if env_bool("DATABASE_POOL"):
    DATABASES["default"]["OPTIONS"]["pool"] = {  # type: ignore[index]
        "min_size": 1,
        "max_size": int(os.environ.get("DATABASE_POOL_SIZE", "8")),
        "timeout": 3,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- queue: a doorbell only; the work itself stands in PostgreSQL -----------------------------------------------------
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,  # longer than the longest task_time_limit
    "unacked_restore_interval": 5,  # a killed worker's task comes back in seconds, not after 100
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 660
CELERY_TASK_SOFT_TIME_LIMIT = 600
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "interactive"
CELERY_TASK_ROUTES = {
    "milestones.tasks.drain_stale": {"queue": "bulk"},
    "milestones.tasks.run_policy_trials": {"queue": "bulk"},
    "milestones.tasks.announce_policies": {"queue": "bulk"},
    "milestones.tasks.follow_calendar": {"queue": "bulk"},
    "milestones.tasks.verify_all": {"queue": "bulk"},
    "interventions.tasks.follow_moves": {"queue": "bulk"},
    "interventions.tasks.watch_all": {"queue": "bulk"},
    "interventions.tasks.send_messages": {"queue": "bulk"},
    "waymark.tasks.send_digests": {"queue": "bulk"},
    "integrations.tasks.run_roster_imports": {"queue": "bulk"},
    "waymark.tasks.make_report_cards": {"queue": "bulk"},
    "waymark.tasks.follow_counts": {"queue": "bulk"},
    "waymark.tasks.close_days": {"queue": "bulk"},
    "waymark.tasks.send_family_weeks": {"queue": "bulk"},
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    # One second behind every lost doorbell; expires keeps a stopped worker from finding a backlog of polls.
    "drain-stale": {"task": "milestones.tasks.drain_stale", "schedule": 1.0, "options": {"expires": 5}},
    "policy-trials": {"task": "milestones.tasks.run_policy_trials", "schedule": 1.0, "options": {"expires": 5}},
    "roster-imports": {"task": "integrations.tasks.run_roster_imports", "schedule": 1.0, "options": {"expires": 5}},
    "report-cards": {"task": "waymark.tasks.make_report_cards", "schedule": 1.0, "options": {"expires": 5}},
    "forget-report-cards": {"task": "waymark.tasks.forget_report_cards", "schedule": crontab(hour=4, minute=0)},
    "forget-roster-imports": {
        "task": "integrations.tasks.forget_roster_imports",
        "schedule": crontab(hour=3, minute=50),
    },
    "announce-policies": {"task": "milestones.tasks.announce_policies", "schedule": 60.0, "options": {"expires": 60}},
    "follow-calendar": {"task": "milestones.tasks.follow_calendar", "schedule": 900.0, "options": {"expires": 600}},
    "end-overrides": {
        "task": "milestones.tasks.end_overrides",
        "schedule": crontab(minute=5),
        "options": {"expires": 1800},
    },
    "follow-paces": {"task": "milestones.tasks.follow_paces", "schedule": crontab(hour=3, minute=10)},
    "sweep-artefacts": {"task": "milestones.tasks.sweep_artefacts", "schedule": crontab(hour=3, minute=40)},
    "prepare-reviews": {
        "task": "milestones.tasks.prepare_reviews",
        "schedule": crontab(minute=20),
        "options": {"expires": 1800},
    },
    "follow-moves": {"task": "interventions.tasks.follow_moves", "schedule": 1.0, "options": {"expires": 5}},
    "watch-all": {
        "task": "interventions.tasks.watch_all",
        "schedule": crontab(minute=10),
        "options": {"expires": 1800},
    },
    "send-messages": {
        "task": "interventions.tasks.send_messages",
        "schedule": crontab(),
        "options": {"expires": 60},
    },
    "send-digests": {
        "task": "waymark.tasks.send_digests",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 600},
    },
    "follow-counts": {"task": "waymark.tasks.follow_counts", "schedule": 5.0, "options": {"expires": 10}},
    "close-days": {
        "task": "waymark.tasks.close_days",
        "schedule": crontab(minute="2,17,32,47"),
        "options": {"expires": 600},
    },
    "send-family-weeks": {
        "task": "waymark.tasks.send_family_weeks",
        "schedule": crontab(minute="5-59/15"),
        "options": {"expires": 600},
    },
    "verify-all": {"task": "milestones.tasks.verify_all", "schedule": crontab(hour=2, minute=30)},
    "forget-idempotency-keys": {"task": "api.tasks.forget_old_keys", "schedule": 3600.0, "options": {"expires": 1800}},
}
# The port of the live process where no proxy brings `/live/` to it (the demo). Pages of the same host may listen there.
LIVE_PORT = os.environ.get("LIVE_PORT", "")
# The database, not Redis: signing in must work while the broker is away.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"}}

# --- applications ---------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "waymark.apps.WaymarkConfig",
    "tenancy",
    "learners",
    "competencies",
    "assessments",
    "milestones",
    "interventions",
    "reporting",
    "api",
    "integrations",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_htmx",
    "template_partials",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    *(["django.contrib.admin"] if ADMIN_ENABLED else []),
]
MIDDLEWARE = [
    "waymark.middleware.RequestNumber",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "waymark.middleware.SecurityHeaders",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tenancy.middleware.TenantMiddleware",
    "tenancy.languages.LanguageMiddleware",
    "api.middleware.ApiLog",
]
ROOT_URLCONF = "waymark.urls"
WSGI_APPLICATION = "waymark.wsgi.application"
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
                "reporting.context.shell",
            ],
            "builtins": ["reporting.templatetags.waymark"],
        },
    }
]

# --- people ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "tenancy.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["tenancy.hashers.BoundedArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "tenancy.accounts.ClosedAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_LOGOUT_ON_GET = False
# Per account only: a limit per address would lock out a school behind one address.
ACCOUNT_RATE_LIMITS = {"login": False, "login_failed": "5/5m/key"}
ACCOUNT_RATE_LIMITS |= {"reset_password": "5/m/key", "reset_password_from_key": False}
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Printed outside production only: mails hold names, which may not stand in a log.
_MAIL = "smtp" if PRODUCTION else "console"
EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", f"django.core.mail.backends.{_MAIL}.EmailBackend")
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "waymark@localhost")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS")
EMAIL_USE_SSL = env_bool("EMAIL_USE_SSL")
EMAIL_TIMEOUT = 10
# "package.module:function", called with (phone, text, key): see interventions/sms.py. Empty: no text messages.
SMS_BACKEND = os.environ.get("SMS_BACKEND", "" if PRODUCTION else "interventions.sms:console")
# Where links in mails lead for a tenant without a host name of its own.
PUBLIC_URL = os.environ.get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")

# --- browser --------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "connect-src": ["'self'", *(f"http://{host}:{LIVE_PORT}" for host in ("127.0.0.1", "localhost") if LIVE_PORT)],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "waymark.views.csrf_failure"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env_bool("SECURE_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env_bool("BEHIND_PROXY") else None
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"

# --- files, languages, time -----------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
# Work of learners: outside of everything that is served. "local" keeps it in a folder, "s3" in any S3-compatible store.
ARTEFACT_STORAGE = os.environ.get("ARTEFACT_STORAGE", "local")
ARTEFACT_ROOT = Path(os.environ.get("ARTEFACT_ROOT", BASE_DIR / ".run" / "artefacts"))
ARTEFACT_MOST_MB = int(os.environ.get("ARTEFACT_MOST_MB", "10"))  # one file
ARTEFACT_QUOTA_MB = int(os.environ.get("ARTEFACT_QUOTA_MB", "500"))  # one learner
# "package.module:function", called with (bytes, content type); True lets the file through. Empty: no scanner.
ARTEFACT_SCANNER = os.environ.get("ARTEFACT_SCANNER", "")
_ARTEFACTS: dict[str, dict[str, Any]] = {
    "local": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": ARTEFACT_ROOT, "base_url": None, "file_permissions_mode": 0o600},
    },
    "s3": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": os.environ.get("ARTEFACT_S3_BUCKET", ""),
            "endpoint_url": os.environ.get("ARTEFACT_S3_ENDPOINT") or None,
            "access_key": os.environ.get("ARTEFACT_S3_KEY") or None,
            "secret_key": os.environ.get("ARTEFACT_S3_SECRET") or None,
            "region_name": os.environ.get("ARTEFACT_S3_REGION") or None,
            "default_acl": "private",
            "file_overwrite": False,
        },
    },
}
if ARTEFACT_STORAGE not in _ARTEFACTS:
    raise ImproperlyConfigured(f'ARTEFACT_STORAGE was "{ARTEFACT_STORAGE}". Use one of {", ".join(_ARTEFACTS)}')
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "artefacts": _ARTEFACTS[ARTEFACT_STORAGE],
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Outside production static files are served from where they lie: nothing to collect before the first page.
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = ENVIRONMENT == "development"
LANGUAGE_CODE = "en"
# Each by its own name. One more: a folder in locale/ with a catalogue, and a line here.
LANGUAGES = [("en", "English"), ("es", "Español"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024  # the API's own limits are tighter, see api.parsers
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000

# --- API ------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["api.permissions.DeclaredPermission"],
    "DEFAULT_THROTTLE_CLASSES": ["api.rates.PerMinute"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "api.openapi.Described",
    "DEFAULT_FILTER_BACKENDS": [],
    "DEFAULT_PAGINATION_CLASS": "api.pagination.CursorPage",
    "EXCEPTION_HANDLER": "api.problems.problem_response",
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Waymark API",
    "VERSION": "1",
    "DESCRIPTION": "All that a school system needs of one tenant. Send your key as `Authorization: Bearer …`.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "Level": "api.v1.serializers.LEVELS",
        "EvidenceKind": "api.v1.serializers.KINDS",
        "MilestoneKind": "milestones.models.Milestone.Kind",
    },
}

# --- logging --------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "waymark.logging.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {"django.request": {"level": "ERROR"}, "django.security": {"level": "WARNING"}},
}
