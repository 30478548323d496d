# The packages are installed in a stage of their own: the image that runs has no compiler cache and no build tools.
FROM python:3.11-slim AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
COPY requirements.lock /tmp/requirements.lock
RUN python -m venv /venv && /venv/bin/pip install --require-hashes -r /tmp/requirements.lock

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin waymark
COPY --from=packages /venv /venv
WORKDIR /app
COPY . /app
RUN install --directory --owner=waymark --mode=0700 /srv/artefacts
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    WAYMARK_NO_BOOTSTRAP=1 \
    WAYMARK_ENV=production \
    STATIC_ROOT=/srv/static \
    ARTEFACT_ROOT=/srv/artefacts
# The files are compressed and named by their content now, so that a start costs nothing. The key is for this one
# command; the image carries no SECRET_KEY, and without one the application refuses to start.
RUN SECRET_KEY=used-for-collectstatic-at-build-time-only python manage.py collectstatic --no-input --verbosity 0
USER waymark
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", "--no-ws", "waymark.wsgi:application"]
