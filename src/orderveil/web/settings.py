"""Settings: every environment variable the installation reads, typed, in one place.

| variable | meaning | default |
|---|---|---|
| ORDERVEIL_HOME | the data folder: keys, embedded database | ./var |
| DATABASE_URL | another PostgreSQL (15+) instead of the embedded one | embedded |
| ORDERVEIL_KEYS | the key provider: `file:`, `transit:...`, `kms:...` (docs/keys.md) | file: |
| ORDERVEIL_KEY_PROVIDERS | others a brand may be given, `name=url name2=url2` | none |
| ORDERVEIL_BIND | address and port the server listens on | 127.0.0.1:8420 |
| ORDERVEIL_ORIGIN | the name under which the ledger signs its checkpoints | orderveil.local |
| ORDERVEIL_MACHINE_VIEW | `off` disables `orderveil view` at this machine | on |
| ORDERVEIL_FONTS | a folder of fonts (.ttf, .otf) for what ours cannot write | none |
| ORDERVEIL_WEBHOOK_PRIVATE | `allow`: what we call may be at private addresses, plain http | deny |
| ORDERVEIL_URL | where people reach the desk, as `https://desk.brand.example` | this machine only |
| ORDERVEIL_PROXIES | networks of trusted proxies (CIDR, commas): X-Forwarded-* is theirs | none |
| ORDERVEIL_SECRET_KEY | Django's secret key | sealed in the keyring |
| ORDERVEIL_DEMO | `on`: a demo with invented people, loud on every page, loopback only | off |
| ORDERVEIL_MAIL | `smtp://user:password@host:587/?tls=on`: how mail leaves | none leaves |
| ORDERVEIL_MAIL_FROM | the sender of mail | orderveil@localhost |
| ORDERVEIL_MAIL_LISTEN, _MAIL_NAME | where the relay's SMTP door listens; how it greets | off |
| ORDERVEIL_MAIL_CERTIFICATE, _MAIL_KEY | PEM files for its STARTTLS | none |
| ORDERVEIL_OIDC_ISSUER, _CLIENT_ID, _CLIENT_SECRET, _NAME | single sign-on | off |
| ORDERVEIL_OIDC_ORIGINS | where else the provider's sign-in leads, as origins | the issuer's |
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy

from orderveil.core.clocks import short_digest


def _own_url(url: str) -> str:
    """Where people reach the desk: an origin; without TLS cookies and keys would be anybody's."""
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    )
    if url and not (is_safe and parts.hostname and url == f"{parts.scheme}://{parts.netloc}"):
        msg = "ORDERVEIL_URL must be https:// and a name, as in https://desk.brand.example"
        raise ImproperlyConfigured(msg)
    return url


HOME = Path(os.environ.get("ORDERVEIL_HOME", "var")).resolve()
KEYS_URL = os.environ.get("ORDERVEIL_KEYS", "file:")
KEY_PROVIDERS = dict(
    each.split("=", 1)  # a URL may hold further ones
    for each in os.environ.get("ORDERVEIL_KEY_PROVIDERS", "").split()
    if "=" in each
)
BIND = os.environ.get("ORDERVEIL_BIND", "127.0.0.1:8420")
ORIGIN = os.environ.get("ORDERVEIL_ORIGIN", "orderveil.local")
FONTS = Path(os.environ["ORDERVEIL_FONTS"]).resolve() if os.environ.get("ORDERVEIL_FONTS") else None
MACHINE_VIEW = os.environ.get("ORDERVEIL_MACHINE_VIEW", "on") != "off"
WEBHOOK_PRIVATE = os.environ.get("ORDERVEIL_WEBHOOK_PRIVATE", "deny") == "allow"
DATABASE_URL = os.environ.get("DATABASE_URL", "")
URL = _own_url(os.environ.get("ORDERVEIL_URL", "").rstrip("/"))
PROXIES = [each.strip() for each in os.environ.get("ORDERVEIL_PROXIES", "").split(",") if each]
DEMO = os.environ.get("ORDERVEIL_DEMO", "off") == "on"
APP_ROLE = "orderveil_app"


def _database(url: str) -> dict[str, Any]:
    """Django's connection settings for a `postgresql://` URL; "" is the embedded server."""
    if not url:
        target = {
            "NAME": "orderveil",
            "USER": "orderveil",
            "HOST": str(socket_folder()),
            "PORT": "",
        }
    else:
        parts = urlsplit(url)
        query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
        target = {
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(query.get("host", parts.hostname or "")),
            "PORT": str(parts.port or ""),
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        **target,
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 24, "timeout": 10},
            "prepare_threshold": 5,
            # Least privilege: only migrations run as the owner of the tables.
            "options": f"-c role={APP_ROLE}",
        },
    }


def socket_folder(home: Path = HOME) -> Path:
    """Where the server of `home` listens: a short path, because a socket's name is limited."""
    return Path("/tmp") / f"orderveil-{os.geteuid()}-{short_digest(str(home))}"  # noqa: S108


def _secret_key() -> str:
    """Made once per installation and sealed with its other secrets; opened at the first use."""
    from orderveil.keyring.secrets import ensure  # noqa: PLC0415 - needs these settings

    return ensure(0, "session_key", 48).hex()


_IS_HTTPS = URL.startswith("https://")
_HOST = urlsplit(URL).hostname

SECRET_KEY: Any = os.environ.get("ORDERVEIL_SECRET_KEY") or SimpleLazyObject(_secret_key)
DEBUG = False
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", gettext_lazy("English")), ("hi", gettext_lazy("Hindi"))]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *([_HOST] if _HOST else [])]
ROOT_URLCONF = "orderveil.web.urls"
INSTALLED_APPS = [
    "orderveil.keyring",
    "orderveil.ledger",
    "orderveil.vault",
    "orderveil.policy",
    "orderveil.people",
    "orderveil.partners",
    "orderveil.contacts",
    "orderveil.outbox",
    "orderveil.hops.printing",
    "orderveil.hops.ims",
    "orderveil.hops.retention",
    "orderveil.hops.courier",
    "orderveil.hops.calls",
    "orderveil.hops.mail",
    "orderveil.incidents",
    "orderveil.reviews",
    "orderveil.hops.wms",
    "orderveil.api",
    "orderveil.web",
    "procrastinate.contrib.django",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_htmx",
]
DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Rate limits and the replay protection of one-time codes hold for all processes together.
CACHES = {"default": {"BACKEND": "orderveil.people.cache.Cache"}}

MIDDLEWARE = [
    "orderveil.web.limits.Bounded",
    "orderveil.web.guard.DemoStaysHome",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "orderveil.people.session_store.Sessions",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "orderveil.web.directions.Undirected",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "orderveil.people.language.Spoken",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "orderveil.web.guard.NothingKept",
    "orderveil.web.guard.FactorFirst",
]
_SOURCE = Path(__file__).parent.parent
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before the apps: our own sign-in pages stand in for allauth's.
        "DIRS": [_SOURCE / folder / "templates" for folder in ("web", "hops", "scams", "gate")],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "orderveil.web.shell.shell",
            ],
        },
    }
]

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_VALIDATION = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": _VALIDATION + "UserAttributeSimilarityValidator"},
    {"NAME": _VALIDATION + "MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": _VALIDATION + "CommonPasswordValidator"},
    {"NAME": _VALIDATION + "NumericPasswordValidator"},
]
STATIC_URL = "/static/"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

ACCOUNT_ADAPTER = "orderveil.people.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_LOGOUT_REDIRECT_URL = "/account/login/"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "login_failed_anywhere": "50/h/key",
}
MFA_ADAPTER = "orderveil.people.adapters.FactorAdapter"
MFA_FORMS = {
    "authenticate_webauthn": "orderveil.people.key_forms.AuthenticateForm",
    "login_webauthn": "orderveil.people.key_forms.LoginForm",
    "reauthenticate_webauthn": "orderveil.people.key_forms.ReauthenticateForm",
    "add_webauthn": "orderveil.people.key_forms.AddForm",
    "edit_webauthn": "orderveil.people.key_forms.EditForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# A browser offers passkeys without TLS on this machine only.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _IS_HTTPS
MFA_TOTP_ISSUER = "Orderveil"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
USERSESSIONS_TRACK_ACTIVITY = False


def _issuer(url: str) -> str:
    """The identity provider; what it says is believed because TLS says that it is it."""
    parts = urlsplit(url)
    if url and parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost"}:
        msg = "ORDERVEIL_OIDC_ISSUER must begin with https://"
        raise ImproperlyConfigured(msg)
    return url.rstrip("/")


OIDC_ISSUER = _issuer(os.environ.get("ORDERVEIL_OIDC_ISSUER", ""))
SOCIALACCOUNT_ADAPTER = "orderveil.people.adapters.SingleSignOnAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": os.environ.get("ORDERVEIL_OIDC_NAME", "Single sign-on"),
                "client_id": os.environ.get("ORDERVEIL_OIDC_CLIENT_ID", ""),
                "secret": os.environ.get("ORDERVEIL_OIDC_CLIENT_SECRET", ""),
                "settings": {"server_url": OIDC_ISSUER},
            }
        ]
        if OIDC_ISSUER
        else [],
    }
}


def _mail(url: str) -> dict[str, Any]:
    """Django's mail settings for an `smtp://` URL; without one, mail is not sent anywhere."""
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or 25,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": query.get("tls") == "on",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 20,
    }


MAIL = os.environ.get("ORDERVEIL_MAIL", "")
vars().update(_mail(MAIL))
MAIL_LISTEN = os.environ.get("ORDERVEIL_MAIL_LISTEN", "")
MAIL_NAME = os.environ.get("ORDERVEIL_MAIL_NAME", "localhost")
MAIL_CERTIFICATE = os.environ.get("ORDERVEIL_MAIL_CERTIFICATE", "")
MAIL_KEY = os.environ.get("ORDERVEIL_MAIL_KEY", "")
DEFAULT_FROM_EMAIL = os.environ.get("ORDERVEIL_MAIL_FROM", "orderveil@localhost")

_HOURS = timedelta(hours=12)
SESSION_ENGINE = "orderveil.people.session_store"
SESSION_COOKIE_AGE = int(_HOURS.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "orderveil.web.errors.csrf"
# Over plain http (this machine only) a secure cookie would never come back.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _IS_HTTPS
SESSION_COOKIE_NAME = "__Host-session" if _IS_HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _IS_HTTPS else "csrf"
DEVICE_COOKIE_NAME = "__Host-device" if _IS_HTTPS else "device"
CSRF_TRUSTED_ORIGINS = [URL] if URL else []
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if _IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _IS_HTTPS
# Plain http on this machine is the one case without these: `check --deploy` is for the other.
_SIGN_ON_PLACES = [OIDC_ISSUER, *os.environ.get("ORDERVEIL_OIDC_ORIGINS", "").split()]
_FORM_TARGETS = [
    "'self'",
    *("{0.scheme}://{0.netloc}".format(urlsplit(place)) for place in _SIGN_ON_PLACES if place),
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "connect-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "base-uri": ["'none'"],
        "form-action": _FORM_TARGETS,
        "frame-ancestors": ["'none'"],
    }
}
# A larger file goes nowhere: none is ever on disk.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # A request's path or a fault's message may quote a value: only our own loggers speak.
    "loggers": {
        name: {"handlers": [], "propagate": False, "level": "CRITICAL"}
        for name in ("django", "mail.log", "dkimpy")  # the two libraries tell of addresses
    },
}
