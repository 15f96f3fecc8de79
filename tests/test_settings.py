"""The site starts only on settings that make sense, and says what to do where they do not."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

PRODUCTION = {
    "SECRET_KEY": "long-enough-and-random-" + "0a1b2c3d4e5f" * 4,
    "ALLOWED_HOSTS": "ict.example.org",
    "CSRF_TRUSTED_ORIGINS": "https://ict.example.org",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """manage.py in a process of its own, with this environment and no other switch."""
    return python("manage.py", *arguments, **environment)


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    base = {name: os.environ[name] for name in ("PATH", "DATA_DIR", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=base | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_settings_of_a_public_site_pass_the_deployment_check() -> None:
    result = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert result.returncode == 0, result.stderr


def test_settings_of_a_site_behind_a_proxy_pass_the_deployment_check() -> None:
    result = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION, TRUST_PROXY="1")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        (PRODUCTION | {"DEBUG": "maybe"}, "DEBUG='maybe' is neither on nor off. Set it to 1 or 0."),
        (PRODUCTION | {"HTTPS": "2"}, "HTTPS='2' is neither on nor off"),
        (PRODUCTION | {"HSTS_SECONDS": "a year"}, "HSTS_SECONDS='a year' is not a whole number"),
        (PRODUCTION | {"DATABASE_MAX_AGE": "-1"}, "DATABASE_MAX_AGE='-1' is not a whole number"),
        (PRODUCTION | {"CACHE_URL": "memcached://here"}, "CACHE_URL='memcached://here' is no address of a Redis"),
        (PRODUCTION | {"SMTP_HOST": "mail.example"}, "FROM_EMAIL='' is no e-mail address."),
    ],
)
def test_settings_that_are_wrong_stop_the_start(environment: dict[str, str], message: str) -> None:
    result = manage("check", **environment)
    assert result.returncode != 0
    assert message in result.stderr


def test_settings_for_debugging_need_no_secret_key() -> None:
    assert manage("check", DEBUG="1").returncode == 0


def test_settings_take_the_database_from_its_url() -> None:
    command = "from ictlead import settings; print(settings.DATABASES['default']['NAME'])"
    result = python("-c", command, **PRODUCTION, DATABASE_URL="postgres://u:p@db.example/ict")
    assert result.stdout.strip() == "ict", result.stderr


@pytest.mark.parametrize(
    ("environment", "meant"),
    [
        ({}, "console 587 STARTTLS"),
        ({"SMTP_HOST": "mail.example", "FROM_EMAIL": "a@b.example"}, "smtp 587 STARTTLS"),
        ({"SMTP_HOST": "mail.example", "FROM_EMAIL": "a@b.example", "SMTP_PORT": "465"}, "smtp 465 TLS"),
        ({"SMTP_HOST": "mail.example", "FROM_EMAIL": "a@b.example", "SMTP_TLS": "0", "SMTP_PORT": "25"}, "smtp 25 "),
    ],
)
def test_settings_say_how_mail_goes_out(environment: dict[str, str], meant: str) -> None:
    command = (
        "from ictlead import settings as s; "
        "print(s.EMAIL_BACKEND.split('.')[-2], s.EMAIL_PORT, 'STARTTLS' * s.EMAIL_USE_TLS + 'TLS' * s.EMAIL_USE_SSL)"
    )
    result = python("-c", command, **PRODUCTION | environment)
    assert result.stdout.removesuffix("\n") == meant, result.stderr


@pytest.mark.django_db
def test_responses_carry_the_security_headers(settings: Any) -> None:
    """On a public site, where HTTPS is on."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31536000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    headers = Client().get("/healthz", secure=True).headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"


@pytest.mark.django_db
def test_responses_redirect_to_https_but_for_the_health_roads(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/").status_code == 301
    assert Client().get("/healthz").status_code == 200
    assert Client().get("/readyz").status_code == 200
