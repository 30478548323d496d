"""Choosing among one's own tenants, and light or dark."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tenancy.gate import EVERYBODY, requires
from tenancy.models import User
from tenancy.selectors import SESSION_KEY, tenant_choices


def back(request: HttpRequest) -> HttpResponse:
    """To the page the form came from, if it is one of ours."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    return redirect(target)


@require_POST
@requires("Own account, factors, sessions", "read, update", EVERYBODY)
def switch_tenant(request: HttpRequest) -> HttpResponse:
    chosen = next((c for c in tenant_choices(request.user) if c.slug == request.POST.get("tenant")), None)  # type: ignore[arg-type]
    if chosen is None:
        raise Http404
    request.session[SESSION_KEY] = chosen.id
    return redirect("home")


@require_POST
@requires("Own account, factors, sessions", "read, update", EVERYBODY)
def choose_theme(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme")
    if theme not in {"device", "light", "dark"}:
        raise Http404
    User.objects.filter(email=request.user.get_username()).update(theme=theme)
    return back(request)
