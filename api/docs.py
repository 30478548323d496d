"""The OpenAPI document and a page to read it."""

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from tenancy.gate import public

schema = public("the API's description holds no data")(SpectacularAPIView.as_view())
# The split view serves its script from an address of its own: the page has no inline script.
docs = public("the API's description holds no data")(
    SpectacularSwaggerSplitView.as_view(url_name="api_schema", template_name="api/docs.html", title="Waymark API")
)
