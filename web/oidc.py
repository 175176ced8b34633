"""Signing in by an OpenID provider: the authorization code flow with PKCE, as little of it as is needed.

OpenID Connect Core 1.0 (sections 3.1 and 2), Discovery 1.0, PKCE (RFC 7636, S256 only), and what RFC 9700 advises: the
exact issuer, `state` and `nonce` bound to the browser. What the provider publishes is read when it is first needed and
kept for an hour; an unknown key is looked for once more, since providers change theirs.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
import requests
from urllib3.exceptions import HTTPError

from workflow.refusals import Refusal

#: Asymmetric only: with a shared secret, whoever may check a token could make one.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
SCOPE = "openid profile email"
TIMEOUT = 10.0
#: How far the provider's clock may be from ours.
LEEWAY = timedelta(minutes=2)
KEPT_SECONDS = 3600.0
#: An unknown key is no reason to ask more often than this.
KEYS_AGAIN_SECONDS = 30.0
_LARGEST = 1024 * 1024


class OidcRefused(Refusal):
    """统一身份认证没有通过：{reason}"""

    code = "oidc-refused"


class OidcSilent(Refusal):
    """统一身份认证暂时没有答复，请稍后再试，或用账号和密码登录。"""

    code = "oidc-silent"


@dataclass(frozen=True)
class Provider:
    """What discovery tells."""

    authorize: str
    token: str
    keys: str
    basic: bool
    names_itself: bool


@dataclass
class Oidc:
    """One provider and our registration with it; safe to share between threads.

    `claim` is the claim whose value is an account's name, empty where only the administrator links; `title` is how
    the sign-in page calls the provider.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    claim: str = ""
    title: str = "统一身份认证"
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _provider: tuple[float, Provider] | None = field(default=None, init=False, repr=False)
    _keys: tuple[float, jwt.PyJWKSet] | None = field(default=None, init=False, repr=False)

    def authorize_url(self, *, back: str, state: str, nonce: str, verifier: str) -> str:
        """Where the browser is sent; it comes to `back` with `code` and the same `state`. Raises OidcSilent."""
        query = {
            "response_type": "code", "client_id": self.client_id, "redirect_uri": back, "scope": SCOPE, "state": state,
            "nonce": nonce, "code_challenge": challenge(verifier), "code_challenge_method": "S256",
        }  # fmt: skip
        authorize = self.provider().authorize
        return f"{authorize}{'&' if urlsplit(authorize).query else '?'}{urlencode(query)}"

    def identified(self, *, code: str, back: str, nonce: str, verifier: str) -> Mapping[str, object]:
        """The claims of whoever the code is for, checked; raises OidcRefused, OidcSilent."""
        given = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier,
            "client_id": self.client_id,
        }  # fmt: skip
        answer = self._redeemed(given)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise OidcRefused(reason="登录码已失效或已用过，请重新登录")
        claims = self._checked(token)
        if claims.get("nonce") != nonce:
            raise OidcRefused(reason="答复不是给本次登录的，请重新登录")
        return claims

    def provider(self) -> Provider:
        """What the provider publishes of itself; raises OidcSilent, OidcRefused when it is another issuer's."""
        with self._lock:
            if self._provider is None or time.monotonic() - self._provider[0] > KEPT_SECONDS:
                told = _read(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
                self._provider = time.monotonic(), _provider(told, self.issuer)
            return self._provider[1]

    def is_from(self, issuer: str) -> bool:
        """Whether an answer that came with this ``iss`` is the provider's (RFC 9207); raises as ``provider``."""
        return issuer == self.issuer or (not issuer and not self.provider().names_itself)

    def claimed(self, claims: Mapping[str, object]) -> str:
        """The account that the operator's claim names, empty where there is none; a mail address must be verified."""
        value = claims.get(self.claim) if self.claim else None
        if not isinstance(value, str) or (self.claim == "email" and claims.get("email_verified") is not True):
            return ""
        return value

    def _redeemed(self, given: Mapping[str, str]) -> Mapping[str, object]:
        """The token endpoint's answer; a refusal of the code is empty."""
        provider = self.provider()
        secret = {} if provider.basic else {"client_secret": self.client_secret}
        try:
            response = requests.post(
                provider.token, data={**given, **secret}, auth=(self.client_id, self.client_secret)
                if provider.basic else None, headers={"Accept": "application/json"}, timeout=TIMEOUT,
                allow_redirects=False,
            )  # fmt: skip
            answer = response.json() if response.status_code in (200, 400) else None
        except (requests.RequestException, UnicodeError, ValueError):
            raise OidcSilent from None
        if response.status_code == 401:
            raise OidcRefused(reason="本系统的客户端密钥不被接受，请联系系统管理员")
        if not isinstance(answer, dict):
            raise OidcSilent
        return answer if response.status_code == 200 else {}

    def _checked(self, token: str) -> Mapping[str, object]:
        """The claims of an ID token whose signature, issuer, audience and times hold (Core 1.0, 3.1.3.7)."""
        try:
            algorithm = str(jwt.get_unverified_header(token).get("alg"))
            if algorithm not in ALGORITHMS:
                raise OidcRefused(reason="签名方式不被接受，请联系系统管理员")
            claims: dict[str, object] = jwt.decode(
                token, self._key(token), algorithms=[algorithm], audience=self.client_id, issuer=self.issuer,
                leeway=LEEWAY, options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )  # fmt: skip
        except jwt.ExpiredSignatureError:
            raise OidcRefused(reason="登录凭据已过期，请重新登录；若一再发生，请管理员核对两台服务器的时间") from None
        except jwt.PyJWTError:
            raise OidcRefused(reason="登录凭据未能核实，请重新登录") from None
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        foreign = several or "azp" in claims
        if (foreign and claims.get("azp") != self.client_id) or not claims["sub"]:
            raise OidcRefused(reason="登录凭据未能核实，请重新登录")
        return claims

    def _key(self, token: str) -> Any:
        """The provider's key that signed a token; raises PyJWKError, OidcSilent."""
        name = jwt.get_unverified_header(token).get("kid")
        with self._lock:
            for anew in (False, True):
                keys = self._published(anew=anew)
                found = [one for one in keys.keys if name in (None, one.key_id) and one.public_key_use in (None, "sig")]
                if len(found) == 1 or (found and name is not None):
                    # The bare key: the algorithm is the token's, which must be one for keys of this kind.
                    return found[0].key
        raise jwt.PyJWKError("unknown key")

    def _published(self, *, anew: bool) -> jwt.PyJWKSet:
        age = time.monotonic() - self._keys[0] if self._keys else KEPT_SECONDS + 1
        if self._keys is None or age > (KEYS_AGAIN_SECONDS if anew else KEPT_SECONDS):
            assert self._provider is not None, "whoever has a token has asked the provider for it"
            self._keys = time.monotonic(), jwt.PyJWKSet.from_dict(dict(_read(self._provider[1].keys)))
        return self._keys[1]


def challenge(verifier: str) -> str:
    """What of a verifier may be seen (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _provider(told: Mapping[str, object], issuer: str) -> Provider:
    if told.get("issuer") != issuer:
        raise OidcRefused(reason="认证服务自报的签发者与 DUBAN_OIDC_ISSUER 不一致，请联系系统管理员")
    places = [told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    if not all(isinstance(one, str) and one.startswith(("https://", "http://")) for one in places):
        raise OidcSilent
    ways = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    basic = not isinstance(ways, list) or "client_secret_basic" in ways or "client_secret_post" not in ways
    names_itself = told.get("authorization_response_iss_parameter_supported") is True
    authorize, token, keys = map(str, places)
    return Provider(authorize, token, keys, basic, names_itself)


def _read(address: str) -> Mapping[str, object]:
    """A JSON object from an address, of no more than a megabyte; raises OidcSilent."""
    try:
        with requests.get(
            address, headers={"Accept": "application/json"}, timeout=TIMEOUT, allow_redirects=False, stream=True
        ) as response:
            raw = response.raw.read(_LARGEST + 1, decode_content=True)
        told = json.loads(raw) if response.status_code == 200 and len(raw) <= _LARGEST else None
    except (requests.RequestException, HTTPError, ValueError):
        raise OidcSilent from None
    if not isinstance(told, dict):
        raise OidcSilent
    return told
