"""The web application: pages, the JSON API, and the files that pages are made of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from computeest.version import __version__
from computeest.web import openapi, problems
from computeest.web.crew import Crew, Limits
from computeest.web.guard import Guard, hosts
from computeest.web.problems import BUSY, LARGE, METHOD, MISSING, SLOW, RequestError, refused

#: Seconds in which a body has to arrive.
_ARRIVAL = 30.0
#: Bytes of a body that is too large which are still taken from the wire.
_PASSED_BY = 200_000_000
_KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
#: Paths whose body may be as large as a table or a document.
_LARGE = frozenset(("/annotate", "/overview", "/report", "/draft"))
_FORMS = {"html": "text/html", "csv": "text/csv", "yaml": "application/yaml", "markdown": "text/markdown",
          "latex": "application/x-latex"}
_NO_STORE = {"cache-control": "no-store"}


def application(host: str = "127.0.0.1", prefix: str = "", allowed: tuple[str, ...] = (),
                limits: Limits | None = None) -> Guard:
    """The ASGI application, under a path prefix where one is given."""
    prefix = "/" + prefix.strip("/") if prefix.strip("/") else ""
    limits = limits or Limits()
    crew = Crew(limits)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await crew.start()
        try:
            yield
        finally:
            await crew.stop()

    app = Starlette(routes=[*_pages(prefix), *_api(crew)], lifespan=lifespan,
                    exception_handlers={HTTPException: _http, RequestError: _refused, Exception: _failed})
    app.state.crew = crew
    return Guard(app, prefix, hosts(host, allowed))


def _pages(prefix: str) -> list[Route]:
    from computeest.web import pages

    def page(name: str) -> Callable[[Request], Any]:
        async def shown(_request: Request) -> Response:
            return Response(pages.standing(name, prefix), media_type="text/html")

        return shown

    return [Route("/", page("calculator")), Route("/api", page("api")), Route("/health", _health),
            *(Route(path, _openapi(prefix)) for path in ("/openapi.json", "/openapi")),
            Route("/static/{name}", _static)]


def _api(crew: Crew) -> list[Route]:
    def answer(path: str, task: str) -> Callable[[Request], Any]:
        async def answered(request: Request) -> Response:
            query = _query(request, openapi.ASKED.get(path, ()))
            with crew.admitted() as take:
                most = crew.limits.table if path in _LARGE else crew.limits.paper
                text = await _body(request, most, take) if request.method == "POST" else ""
                status, content = await crew.ask(task, query, text, request.is_disconnected)
            form = "html" if task == "report" else query.get("format", ["json"])[-1]
            return Response(content, status, _NO_STORE, _FORMS.get(form, "application/json") if status == 200 else
                            "application/json")

        return answered

    posted = {"/estimate": "estimate", "/annotate": "annotate", "/validate": "validate", "/hardware/find": "find",
              "/draft": "draft", "/study": "study", "/overview": "overview", "/report": "report"}
    return [*(Route(path, answer(path, task), methods=["POST"]) for path, task in posted.items()),
            Route("/families", answer("/families", "families"), methods=["GET", "POST"]),
            *(Route(f"/{name}", answer(f"/{name}", name), methods=["GET"]) for name in ("hardware", "models"))]


def _query(request: Request, known: Collection[str]) -> dict[str, list[str]]:
    """What the query asks for, by name; a name that there is not would be passed over in silence."""
    found: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise refused(problems.BAD, f"this path has no option '{name[:60]}'",
                          f"one of {', '.join(known)}" if known else "no query", key=name[:60])
        found.setdefault(name, []).append(value)
    return found


async def _body(request: Request, most: int, take: Callable[[int], None]) -> str:
    """The body as text, of at most so many bytes, for which `take` has room."""
    try:
        return (await asyncio.wait_for(_read(request, most, take), _ARRIVAL)).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refused(problems.BAD, "the body is not text in UTF-8", "JSON in UTF-8") from None
    except TimeoutError:
        raise refused(SLOW, f"the body did not arrive in {_ARRIVAL:g} seconds") from None
    except ClientDisconnect:
        raise refused(SLOW, "the client went away") from None


async def _read(request: Request, most: int, take: Callable[[int], None]) -> bytes:
    """The body; one that is too large is let pass by, so that the client comes to read why it is refused."""
    found, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= most:
            take(len(chunk))
            found += chunk
        elif size > _PASSED_BY:
            break
    if size > most:
        raise refused(LARGE, f"the body has more than {most:,} bytes", f"at most {most:,}")
    return bytes(found)


async def _health(_request: Request) -> Response:
    return _json({"status": "ok", "version": __version__})


def _openapi(prefix: str) -> Callable[[Request], Any]:
    async def described(_request: Request) -> Response:
        return _json(openapi.document(prefix))

    return described


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    folder = files("computeest.web").joinpath("static")
    known: Mapping[str, Any] = {entry.name: entry for entry in folder.iterdir()}
    kind = _KINDS.get(name[name.rfind("."):])
    if name not in known or kind is None:
        raise HTTPException(MISSING)
    return Response(known[name].read_bytes(), headers={"cache-control": "no-cache"}, media_type=kind)


def _json(content: Any) -> Response:
    import json

    return Response(json.dumps(content, ensure_ascii=False), media_type="application/json", headers=_NO_STORE)


async def _http(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else problems.FAILED
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    what = {MISSING: "there is nothing at this path", METHOD: "this path is not asked so"}.get(status, "this failed")
    refusal = refused(status, what, "a path of /openapi.json")
    return Response(problems.body(refusal.problems), status, {**_NO_STORE, **headers}, "application/json")


async def _refused(_request: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, RequestError) else problems.FAILED
    found = error.problems if isinstance(error, RequestError) else ()
    headers = {**_NO_STORE, "retry-after": "1"} if status == BUSY else _NO_STORE
    return Response(problems.body(found), status, headers, "application/json")


async def _failed(_request: Request, _error: Exception) -> Response:
    refusal = refused(problems.FAILED, "this failed in computeest itself", "a report of it, with what was asked")
    return Response(problems.body(refusal.problems), problems.FAILED, _NO_STORE, "application/json")
