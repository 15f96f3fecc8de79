"""The roads of an account: our own, and allauth's."""

from django.urls import include, path

from ictlead.accounts import tokens, views

urlpatterns = [
    # /account/
    path("", views.account, name="account"),
    path("export.json", views.account_export, name="account_export"),
    path("tokens/", tokens.account_tokens, name="account_tokens"),
    path("tokens/<uuid:guid>/revoke/", tokens.account_token_revoke, name="account_token_revoke"),
    path("delete/", views.account_delete, name="account_delete"),
    path("deleted/", views.account_deleted, name="account_deleted"),
    path("", include("allauth.account.urls")),
]
