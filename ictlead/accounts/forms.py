"""allauth's forms in this site's words."""

from typing import Any

from allauth.account import forms

EMAIL = {
    "required": "Enter your e-mail address.",
    "invalid": "Enter an e-mail address in full, like name@school.example.",
}
NEW_PASSWORD = {"required": "Choose a password."}
WORDS: dict[str, tuple[str, str, dict[str, str]]] = {  # by field: label, hint, what is said of an error
    "login": ("E-mail address", "", EMAIL),
    "email": ("E-mail address", "", EMAIL),
    "password": ("Password", "", {"required": "Enter your password."}),
    "oldpassword": ("Present password", "", {"required": "Enter your present password."}),
    "password1": ("New password", "At least 8 characters, and none that many people use.", NEW_PASSWORD),
    "password2": ("New password again", "", {"required": "Enter the new password a second time."}),
    "code": ("Code", "As it stands in the message.", {"required": "Enter the code from the message."}),
}


class HouseWords:
    """Labels, hints and errors of this site, instead of allauth's labels inside the fields."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, hint, errors) in WORDS.items():
            if name in self.fields:
                field = self.fields[name]
                field.label, field.help_text = label, hint
                field.error_messages |= errors
                for validator in field.validators:
                    if "invalid" in errors and validator.code == "invalid":
                        validator.message = errors["invalid"]
                field.widget.attrs.pop("placeholder", None)


class AddEmailForm(HouseWords, forms.AddEmailForm):
    pass


class ChangePasswordForm(HouseWords, forms.ChangePasswordForm):
    pass


class ConfirmEmailVerificationCodeForm(HouseWords, forms.ConfirmEmailVerificationCodeForm):
    pass


class ConfirmLoginCodeForm(HouseWords, forms.ConfirmLoginCodeForm):
    pass


class LoginForm(HouseWords, forms.LoginForm):
    pass


class ReauthenticateForm(HouseWords, forms.ReauthenticateForm):
    pass


class RequestLoginCodeForm(HouseWords, forms.RequestLoginCodeForm):
    pass


class ResetPasswordForm(HouseWords, forms.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(HouseWords, forms.ResetPasswordKeyForm):
    pass


class SetPasswordForm(HouseWords, forms.SetPasswordForm):
    pass


class SignupForm(HouseWords, forms.SignupForm):
    pass
