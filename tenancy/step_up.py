"""STEP: whether the person behind a request has proved again, lately, that it is them. See decision 0010."""

import time
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

STEP_SECONDS = 15 * 60


def has_stepped_up(request: HttpRequest) -> bool:
    """Identity was proved again in this session, by this user, in the last 15 minutes. Signing in alone is no proof.

    Reads the session, which is loaded already: no query.
    """
    records = get_authentication_records(request, request.user)
    again = [record["at"] for record in records if record.get("reauthenticated")]
    return bool(again) and time.time() - max(again) < STEP_SECONDS


def prove_again(request: HttpRequest) -> HttpResponse:
    """To the page that asks for the password again, and from there back here with a GET.

    A fragment request is told to go there with the whole page.
    """
    address = f"{reverse('account_reauthenticate')}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=401)
        response["HX-Redirect"] = address
        return response
    return HttpResponseRedirect(address)
