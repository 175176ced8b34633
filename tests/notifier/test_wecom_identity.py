"""Whose a code is, asked of the double of WeCom's web authorization."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from notifier.channels import open_channels
from notifier.channels.wecom_identity import OUTSIDE, WecomIdentity
from tests.doubles.wecom import SECRET
from tests.doubles.wecom_oauth import WecomOauth

BACK = "https://duban.example.cn/wecom/back"


@pytest.fixture
def wecom() -> Iterator[WecomOauth]:
    """WeCom, where `leader.one` is signed in."""
    with WecomOauth() as double:
        yield double


def identity_at(wecom: WecomOauth, secret: str = SECRET) -> WecomIdentity:
    """As the settings open it."""
    found = open_channels(None, wecom.url(secret=secret), []).identity
    assert found is not None
    return found


def code_from(wecom: WecomOauth, identity: WecomIdentity) -> str:
    """What the client comes back with."""
    answer = requests.get(identity.authorize_url(back=BACK, state="abc123"), allow_redirects=False, timeout=5)
    back = urlsplit(answer.headers["Location"])
    query = parse_qs(back.query)
    assert (f"{back.scheme}://{back.netloc}{back.path}", query["state"]) == (BACK, ["abc123"])
    return query["code"][0]


def test_the_way_to_wecom_is_the_documented_one(wecom: WecomOauth) -> None:
    url = open_channels(None, "wecomapp://ww1:secret@7", []).identity
    assert url is not None
    assert url.authorize_url(back=BACK, state="a1") == (
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=ww1&redirect_uri=https%3A%2F%2Fduban.example.cn"
        "%2Fwecom%2Fback&response_type=code&scope=snsapi_base&state=a1&agentid=7#wechat_redirect"
    )


@pytest.mark.parametrize("state", ["", "a-b", "a" * 129, "中"])
def test_a_state_that_wecom_would_not_take_is_not_sent(wecom: WecomOauth, state: str) -> None:
    with pytest.raises(ValueError, match="letters and digits"):
        identity_at(wecom).authorize_url(back=BACK, state=state)


def test_a_code_tells_who_it_is_once(wecom: WecomOauth) -> None:
    identity = identity_at(wecom)
    code = code_from(wecom, identity)
    assert identity.known(code).userid == "leader.one"
    again = identity.known(code)
    assert (again.userid, "已失效" in again.why) == ("", True)


def test_a_code_ends_after_five_minutes(wecom: WecomOauth) -> None:
    identity = identity_at(wecom)
    code = code_from(wecom, identity)
    wecom.pass_minutes(5)
    assert "已失效" in identity.known(code).why


@pytest.mark.parametrize("code", ["", "x" * 513, "made-up"])
def test_what_is_no_code_names_nobody(wecom: WecomOauth, code: str) -> None:
    assert "已失效" in identity_at(wecom).known(code).why


@pytest.mark.parametrize("visitor", [{"openid": "o-1"}, {"openid": "o-1", "external_userid": "w-1"}, {"userid": ""}])
def test_an_outsider_is_nobody(wecom: WecomOauth, visitor: dict[str, object]) -> None:
    identity = identity_at(wecom)
    wecom.visitor = visitor
    known = identity.known(code_from(wecom, identity))
    assert (known.userid, known.why) == ("", OUTSIDE)


@pytest.mark.parametrize("lost", ["expire_tokens", "forget_tokens"])
def test_a_stale_token_is_replaced_without_losing_the_code(wecom: WecomOauth, lost: str) -> None:
    identity = identity_at(wecom)
    identity.known("made-up")
    getattr(wecom, lost)()
    assert identity.known(code_from(wecom, identity)).userid == "leader.one"
    assert wecom.tokens == 2


@pytest.mark.parametrize(
    ("errcode", "said"),
    [(50001, "可信域名"), (60020, "可信 IP"), (45009, "频率限制"), (99999, "错误码 99999")],
)
def test_faults_of_wecom_are_told_in_chinese_without_secrets(wecom: WecomOauth, errcode: int, said: str) -> None:
    identity = identity_at(wecom)
    code = code_from(wecom, identity)
    wecom.answers.append(errcode)
    known = identity.known(code)
    assert (known.userid, said in known.why) == ("", True)
    assert SECRET not in known.why and "token" not in known.why


def test_silence_is_told_and_nothing_is_known(wecom: WecomOauth) -> None:
    identity = identity_at(wecom)
    identity.known("made-up")
    wecom.broken = 1
    assert "没有答复" in identity.known("made-up").why


def test_a_wrong_secret_names_nobody(wecom: WecomOauth) -> None:
    assert "Secret 不正确" in identity_at(wecom, secret="another").known("made-up").why


def test_without_an_application_there_is_no_identity() -> None:
    assert open_channels("smtp://127.0.0.1:25?from=duban@example.cn", None, []).identity is None
