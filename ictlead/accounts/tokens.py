"""Tokens of one's own for the API: seen, made and revoked."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from findings.actions import LIFETIMES, MOST_TOKENS, Refused, make_token, revoke_token
from findings.models import ApiToken
from schools.fields import one_line


class TokenForm(forms.Form):
    """What a token is called, what it is for, and how long it lasts."""

    name = forms.CharField(
        max_length=80,
        validators=[one_line],
        label="Name",
        help_text="By which you will know it again, like “Laptop, R”.",
        error_messages={"required": "Give the token a name."},
    )
    note = forms.CharField(
        required=False,
        max_length=200,
        validators=[one_line],
        label="What it is for (optional)",
        help_text="What reads with it, and who looks after that.",
    )
    days = forms.TypedChoiceField(
        coerce=int,
        choices=list(LIFETIMES.items()),
        initial=90,
        label="It works for",
        help_text="Then make a new one.",
        error_messages={"required": "Choose how long it works.", "invalid_choice": "Choose how long it works."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account_tokens(request: HttpRequest) -> HttpResponse:
    """One's tokens, and a form to make one. The answer to the form shows the secret, which nothing keeps."""
    form, made, secret = TokenForm(request.POST or None), None, ""
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = make_token(user=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            form = TokenForm()
    tokens = ApiToken.objects.filter(user=request.user)
    context = {"tokens": tokens, "form": form, "made": made, "secret": secret, "most": MOST_TOKENS}
    return render(request, "account/tokens.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def account_token_revoke(request: HttpRequest, guid: UUID) -> HttpResponse:
    """End one of one's tokens. Another's is as unknown as one that never was."""
    token = get_object_or_404(ApiToken, user=request.user, guid=guid)
    revoke_token(token=token)
    messages.success(request, f"“{token}” is revoked: what reads with it is refused from now on.")
    return redirect("account_tokens")
