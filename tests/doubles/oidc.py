"""An OpenID provider on loopback: discovery, keys, the page that gives out codes, and the endpoint that takes them.

As OpenID Connect Core 1.0 and RFC 7636 have it: a code is good once, for the redirect address and the verifier whose
challenge it was asked with. ``spoils`` changes the claims of the next ID token, ``signs_with`` how it is signed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Mapping
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

HOST, CLIENT, SECRET = "127.0.0.1", "duban", "s3cret-of-the-client"
WHO = {"sub": "8a6e0804-2bd0", "preferred_username": "keji", "email": "keji", "email_verified": True}


class OidcDouble:
    """A provider at whose page ``who`` is signed in; ``refuses`` sends the browser back without a code."""

    def __init__(self) -> None:
        self.who: dict[str, object] = dict(WHO)
        self.spoils: dict[str, object] = {}
        self.refuses = self.silent = False
        self.names_itself = False
        self.algorithm = "RS256"
        self.asked: list[dict[str, str]] = []
        self.calls: list[str] = []
        self.secret = SECRET
        self._codes: dict[str, dict[str, str]] = {}
        self._key_name, self._key = "first", _first_key()
        self._server = ThreadingHTTPServer((HOST, 0), _handler(self))
        self._runs = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.issuer = f"http://{HOST}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._runs.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._runs.join()
        self._server.server_close()

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one is no longer published."""
        self._key, self._key_name = rsa.generate_private_key(65537, 2048), "next"

    def answer(self, path: str) -> tuple[int, Mapping[str, object]] | str:
        """What a GET gets: a JSON document, or the address a browser is sent on to."""
        parts = urlsplit(path)
        self.calls.append(parts.path)
        if parts.path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "authorization_response_iss_parameter_supported": self.names_itself,
            }  # fmt: skip
        if parts.path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
            return 200, {"keys": [{**public, "kid": self._key_name, "use": "sig"}]}
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.asked.append(query)
        wanted = {"response_type": "code", "client_id": CLIENT, "code_challenge_method": "S256"}
        assert {name: query.get(name) for name in wanted} == wanted and "openid" in query["scope"].split()
        code = f"code-{len(self._codes) + 1}"
        self._codes[code] = query
        given = {"error": "access_denied"} if self.refuses else {"code": code}
        named = {"iss": self.issuer} if self.names_itself else {}
        return f"{query['redirect_uri']}?{urlencode({**given, 'state': query['state'], **named})}"

    def redeem(self, authorization: str, body: Mapping[str, str]) -> tuple[int, Mapping[str, object]]:
        """The token endpoint."""
        self.calls.append("/token")
        if authorization != "Basic " + base64.b64encode(f"{CLIENT}:{self.secret}".encode()).decode():
            return 401, {"error": "invalid_client"}
        asked = self._codes.pop(body.get("code", ""), None)
        digest = hashlib.sha256(body.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or (asked["redirect_uri"], asked["code_challenge"]) != (body.get("redirect_uri"), proof):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **self.who}
        return 200, {"token_type": "Bearer", "access_token": "x", "id_token": self._signed({**claims, **self.spoils})}

    def _signed(self, claims: dict[str, object]) -> str:
        key: Any = self._key
        if self.algorithm == "HS256":
            key = "a shared secret that is long enough for the library"
        return jwt.encode(claims, "" if self.algorithm == "none" else key, self.algorithm, {"kid": self._key_name})


@lru_cache(maxsize=1)
def _first_key() -> rsa.RSAPrivateKey:
    """Making one takes long; once is enough."""
    return rsa.generate_private_key(65537, 2048)


def _handler(double: OidcDouble) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if double.silent:
                self.close_connection = True
                return
            found = double.answer(self.path)
            if isinstance(found, str):
                self.send_response(302)
                self.send_header("Location", found)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self._say(*found)

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            body = {key: values[0] for key, values in parse_qs(sent).items()}
            self._say(*double.redeem(self.headers.get("Authorization", ""), body))

        def _say(self, status: int, told: Mapping[str, object]) -> None:
            content = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: a test's own output is enough."""

    return Handler
