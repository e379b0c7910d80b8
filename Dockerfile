# The calculator and its API, as a user without rights, on port 8765:
#   docker build -t computeest . && docker run --rm --read-only --tmpfs /tmp -p 127.0.0.1:8765:8765 computeest
ARG PYTHON=3.13.7-slim-bookworm
FROM python:${PYTHON} AS build
WORKDIR /source
COPY . .
RUN pip install --no-cache-dir --prefix=/install ".[web,documents]"

FROM python:${PYTHON}
COPY --from=build /install /usr/local
RUN useradd --system --no-create-home --uid 10001 computeest \
    && python -c "from computeest.hardware import load; load(())"
USER 10001
ENV XDG_CACHE_HOME=/tmp PYTHONDONTWRITEBYTECODE=1
EXPOSE 8765
HEALTHCHECK CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8765/health', timeout=5)"]
# it is asked by whatever name the machine has, so there is a proxy or a loopback before it
ENTRYPOINT ["computeest", "serve", "--host", "0.0.0.0"]
