"""WSGI entry point: `granian --interface wsgi waymark.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

from waymark.startup import refuse_unsafe_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waymark.settings")

application = get_wsgi_application()
refuse_unsafe_start()
