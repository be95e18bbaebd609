"""Signing in and one's own account: allauth's views where they are, none of its sign-up or mail."""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from allauth.socialaccount.providers.openid_connect import views as sso
from django.urls import path
from django.views.generic import RedirectView

from orderveil.people import views

CLOSED = (
    "account_signup",
    "account_email",
    "account_email_verification_sent",
    "account_reset_password",
    "account_set_password",
    "account_confirm_login_code",
    "socialaccount_signup",
    "socialaccount_connections",
)
"""Names that allauth looks up for pages that this product does not have."""

urlpatterns = [
    *(path(f"closed/{name}/", views.closed, name=name) for name in CLOSED),
    path("", views.account, name="account"),
    path("language/", views.language, name="language"),
    path("places/", views.places, name="places"),
    path("sessions/end/", views.end_sessions, name="end_sessions"),
    path("enrol/", views.enrol, name="enrol"),
    path("welcome/<str:token>/", views.welcome, name="welcome"),
    path("join/<str:token>/", views.accept, name="accept"),
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    # Both lists are on the account's own page.
    path("sessions/", RedirectView.as_view(pattern_name="account"), name="usersessions_list"),
    path("2fa/", RedirectView.as_view(pattern_name="account"), name="mfa_index"),
    path("2fa/authenticate/", factors.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/totp/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path(
        "2fa/totp/deactivate/",
        views.removing(totp.deactivate_totp),
        name="mfa_deactivate_totp",
    ),
    path("2fa/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/keys/", RedirectView.as_view(pattern_name="account"), name="mfa_list_webauthn"),
    path("2fa/keys/add/", keys.add_webauthn, name="mfa_add_webauthn"),
    path("2fa/keys/prove/", keys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path(
        "2fa/keys/<int:pk>/remove/",
        views.removing(keys.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path("2fa/keys/<int:pk>/edit/", keys.edit_webauthn, name="mfa_edit_webauthn"),
    path("2fa/keys/login/", keys.login_webauthn, name="mfa_login_webauthn"),
    path("oidc/cancelled/", account.account_inactive, name="socialaccount_login_cancelled"),
    path("oidc/error/", account.account_inactive, name="socialaccount_login_error"),
    path("oidc/<str:provider_id>/login/", sso.login, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", sso.callback, name="openid_connect_callback"),
]
