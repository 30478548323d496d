"""ASGI entry point of the live process, which serves `/live/` and nothing else.

`granian --interface asgi waymark.asgi:application`; any number of them, each on its own.
"""

from waymark.wsgi import application as pages  # isort: skip  # sets Django up: the imports below need it

from django.conf import settings

from reporting.live.hub import Hub
from reporting.live.keys import keys_in_thread
from reporting.live.server import LiveServer

application = LiveServer(pages, Hub(settings.REDIS_URL, keys_in_thread))
