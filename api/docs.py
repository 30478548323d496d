"""The OpenAPI document and a page to read it."""

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from tenancy.gate import public

schema = public("the API's description holds no data")(SpectacularAPIView.as_view())
docs = public("the API's description holds no data")(SpectacularSwaggerView.as_view(url_name="api_schema"))
