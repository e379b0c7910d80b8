"""What stands before every request: who asks, how much, in which form, and the headers of every answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from computeest.web import problems
from computeest.web.problems import FOREIGN, NO_JSON, RequestError, refused

#: Scripts, styles and answers come from this server; nothing is loaded from elsewhere, and nobody frames the page.
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
          "form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
HEADERS = (
    (b"content-security-policy", POLICY.encode()), (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"), (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"), (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
)
_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))


@dataclass(frozen=True, slots=True)
class Guard:
    """An ASGI application around another: strips the prefix, refuses what is foreign, and adds the headers."""

    app: Any
    prefix: str = ""
    #: Names by which the server may be asked for; any where there are none.
    hosts: frozenset[str] = frozenset()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def headed(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(h for h in HEADERS if h[0] not in own)]
            await send(message)

        try:
            self.check(scope["method"], _headers(scope["headers"]))
        except RequestError as error:
            await _refuse(error, headed)
            return
        await self.app(_prefixed(scope, self.prefix), receive, headed)

    def check(self, method: str, headers: dict[str, str]) -> None:
        """RequestError for a request that another site's page made, or that is no JSON."""
        asked = headers.get("host", "")
        if self.hosts and _name(f"//{asked}") not in self.hosts:
            raise refused(FOREIGN, f"this server is not called '{asked[:80]}'", "its own name, or --allow-host")
        if method != "POST":
            return
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise refused(FOREIGN, "the request comes from another site's page", "a request of this server's own pages")
        origin = headers.get("origin")
        if origin is not None and _place(origin) != asked.lower() and not (
                self.hosts and _name(origin) in self.hosts - _LOOPBACK):
            raise refused(FOREIGN, f"the request comes from a page of '{origin[:80]}'",
                          "a request of this server's own pages")
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise refused(NO_JSON, "the body is not said to be JSON", "Content-Type: application/json")


def hosts(host: str, allowed: Iterable[str]) -> frozenset[str]:
    """The names by which a server may be asked for: of one on the loopback its own, of any other whatever it has.

    A page of another site whose name comes to lead to the loopback asks by that name, and is refused.
    """
    named = frozenset(name.lower() for name in allowed)
    return named | _LOOPBACK if named or host in _LOOPBACK else frozenset()


def _place(address: str) -> str:
    """The host and the port of an address, as a page's Origin has them."""
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


def _name(address: str) -> str:
    """The host of an address."""
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw}


def _prefixed(scope: dict[str, Any], prefix: str) -> dict[str, Any]:
    """The request under the prefix, whether or not a proxy has taken it away."""
    if not prefix:
        return scope
    path = scope["path"]
    bare = path[len(prefix):] if path == prefix or path.startswith(f"{prefix}/") else path
    return {**scope, "root_path": prefix, "path": prefix + (bare or "/")}


async def _refuse(error: RequestError, send: Any) -> None:
    content = problems.body(error.problems)
    await send({"type": "http.response.start", "status": error.status,
                "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode()),
                            (b"cache-control", b"no-store")]})
    await send({"type": "http.response.body", "body": content})
