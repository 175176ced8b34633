"""Who holds the telephone: WeCom's web authorization (OAuth 2, snsapi_base) in the WeCom client.

In any other browser the same is asked by a code to be scanned: 企业微信Web登录 (path/98152).

As documented by WeCom under 构造网页授权链接 (path/91022) and 获取访问用户身份 (path/91023, 96442): a code is good once
and for five minutes, `state` takes letters and digits only and at most 128 bytes, and somebody from outside the
company has an openid instead of a userid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from notifier.channels.wecom import MEANING, NoAnswer, WecomApp

CODE_BYTES = 512
STATE = re.compile(r"[A-Za-z0-9]{1,128}")
#: What the codes of this call mean to whoever holds the telephone.
SAID = {
    40029: "企业微信返回的授权码已失效（只能使用一次，五分钟内有效），请重新确认身份",
    50001: "本系统的网址不在该企业微信应用的可信域名之内，请联系管理员",
}
OUTSIDE = "您不是本单位企业微信的成员，不能以此确认身份"


@dataclass(frozen=True, slots=True)
class Known:
    """Who WeCom says it is; without a `userid` it is nobody we may know, and `why` says so in Chinese."""

    userid: str
    why: str = ""


@dataclass(frozen=True)
class WecomIdentity:
    """Asks WeCom who opened a page, with the application's own id and token."""

    app: WecomApp

    def authorize_url(self, *, back: str, state: str) -> str:
        """Where the client is sent; it comes to `back` with `code` and the same `state`.

        ValueError for a state that WeCom would not take.
        """
        if not STATE.fullmatch(state):
            raise ValueError("WeCom takes letters and digits as state, 128 at most")
        query = {
            "appid": self.app.login, "redirect_uri": back, "response_type": "code", "scope": "snsapi_base",
            "state": state, "agentid": str(self.app.agent),
        }  # fmt: skip
        return f"{self.app.oauth}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect"

    def login_url(self, *, back: str, state: str) -> str:
        """Where any other browser is sent: a page with a code to be scanned by the client; as ``authorize_url``."""
        if not STATE.fullmatch(state):
            raise ValueError("WeCom takes letters and digits as state, 128 at most")
        query = {
            "login_type": "CorpApp", "appid": self.app.login, "agentid": str(self.app.agent), "redirect_uri": back,
            "state": state,
        }  # fmt: skip
        return f"{self.app.scan}/wwlogin/sso/login?{urlencode(query)}"

    def known(self, code: str) -> Known:
        """Whose code it is. Faults of the outside are told in `why`, never raised."""
        if not code or len(code.encode(errors="replace")) > CODE_BYTES:
            return Known("", SAID[40029])
        try:
            answer = self.app.asked("GET", "auth/getuserinfo", {"code": code})
        except NoAnswer:
            return Known("", "企业微信暂时没有答复，请稍后重新确认身份")
        number, userid = answer.get("errcode"), answer.get("userid")
        if number != 0:
            meaning = SAID.get(number) or MEANING.get(number) if isinstance(number, int) else None
            return Known("", meaning or f"企业微信未能确认身份（错误码 {number}），请稍后再试")
        return Known(userid) if isinstance(userid, str) and userid else Known("", OUTSIDE)
