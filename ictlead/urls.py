"""All roads. Each app's file is a table of its own."""

from django.contrib import admin
from django.urls import include, path

from ictlead import health

handler403 = "ictlead.errors.not_allowed"
handler404 = "ictlead.errors.not_found"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("account/", include("ictlead.accounts.urls")),
    path("api/v1/", include("exchange.api.urls")),
    path("workbench/", include("findings.urls")),
    path("", include("selfreview.urls")),
    path("", include("exchange.urls")),
    path("", include("reading.urls")),
]
