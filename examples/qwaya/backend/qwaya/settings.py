import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent


def secret(name: str) -> str:
    """From /run/secrets, or from a variable of that name in capitals where there is no such file."""
    path = Path("/run/secrets") / name
    return path.read_text().strip() if path.exists() else os.environ[name.upper()]


SECRET_KEY = secret("django_secret_key")
DEBUG = False
# The edge sends only the hosts that have a route.
ALLOWED_HOSTS = ["*"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

INSTALLED_APPS = ["django.contrib.staticfiles", "qwaya"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
ROOT_URLCONF = "qwaya.urls"
WSGI_APPLICATION = "qwaya.wsgi.application"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "HOST": os.environ.get("MYSQL_HOST", "database"),
        "NAME": os.environ.get("MYSQL_DATABASE", "qwaya"),
        "USER": os.environ.get("MYSQL_USER", "qwaya"),
        "PASSWORD": os.environ.get("MYSQL_PASSWORD", ""),
        "OPTIONS": {"charset": "utf8mb4", "connect_timeout": 5},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": os.environ.get("CACHE_URL", "redis://redis:6379/1"),
        "OPTIONS": {"socket_timeout": 5, "socket_connect_timeout": 5},
    }
}
BROKER_URL = os.environ.get("BROKER_URL", "redis://redis:6379/0")

STATIC_URL = "/static/"
STATIC_ROOT = "/srv/static"
STATICFILES_DIRS = [BASE_DIR / "static"]

EMAIL_HOST = os.environ.get("SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("SMTP_PORT") or 1025)
EMAIL_TIMEOUT = 5
# The mail catcher's own API, where there is one.
MAIL_API = os.environ.get("MAIL_API", "")
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.console.EmailBackend"
)
DEFAULT_FROM_EMAIL = "reports@qwaya.example"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
