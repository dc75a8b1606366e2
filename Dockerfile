# syntax=docker/dockerfile:1
# One image for web, worker and beat: assets from npm, packages into a venv, then a slim image without build tools.

FROM node:22-slim AS assets
WORKDIR /portal
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.13-slim AS packages
COPY requirements.txt ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements.txt

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/portal/var
RUN useradd --system --uid 10001 --home-dir /portal portal
WORKDIR /portal
COPY --from=packages /venv /venv
COPY . .
COPY --from=assets /portal/node_modules node_modules
# Collecting needs a secret to start with and signs nothing with it; the real one comes from the environment.
RUN python scripts/assets.py \
    && rm -rf node_modules \
    && SECRET_KEY=only-for-collecting-static-files-in-the-image-build python manage.py collectstatic --no-input \
    && mkdir -p mail \
    && chown -R portal:portal var mail
USER portal
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "scripts/healthcheck.py", "http://127.0.0.1:8000/healthz"]
CMD ["gunicorn", "sos_portal.wsgi", "--no-control-socket", "--bind", "0.0.0.0:8000", "--workers", "3", "--log-level", "warning"]
