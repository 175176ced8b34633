"""A provider's answer in Chinese, for people who do not read mail codes. Pure.

Reply codes as RFC 5321, 4.2 has them, enhanced ones as RFC 3463; WeCom's own meanings stand in its answers already.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_ENHANCED: Mapping[str, str] = {
    "1.1": "收件地址不存在",
    "1.2": "收件地址的域名不存在",
    "1.3": "收件地址的格式不正确",
    "1.6": "收件人已迁走，没有留下新地址",
    "1.8": "发件地址的域名不被接受",
    "1.10": "收件地址的域名不接收邮件",
    "2.1": "收件信箱已停用",
    "2.2": "收件信箱已满",
    "2.3": "邮件超过收件信箱的大小限制",
    "3.4": "邮件超过服务器的大小限制",
    "4.1": "收件人的邮件服务器没有应答",
    "4.4": "找不到收件人的邮件服务器",
    "7.1": "对方按其策略拒收",
    "7.8": "邮件账号或密码不正确",
    "7.26": "发件域名的 SPF、DKIM 校验未通过",
}
_REPLIES: Mapping[str, str] = {
    "421": "邮件服务器暂停服务",
    "450": "收件信箱暂不可用",
    "451": "邮件服务器处理出错",
    "452": "邮件服务器空间不足",
    "454": "邮件服务器暂不能登录或加密",
    "530": "邮件服务器要求先登录",
    "534": "邮件服务器不接受这种登录方式",
    "535": "邮件账号或密码不正确",
    "550": "收件信箱不可用：不存在或拒收",
    "551": "收件人不在该服务器",
    "552": "收件信箱已满或邮件过大",
    "553": "收件地址不被接受",
    "554": "对方拒收",
}
_WECOM: Mapping[str, str] = {"0": "企业微信已接收"}
_CODES = re.compile(r"(-?\d+)\b(?:[ -]([245])\.(\d{1,3}\.\d{1,3})\b)?")
_MEANT = re.compile(r"（([^（）]*[\u4e00-\u9fff][^（）]*)）")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def in_chinese(answer: str) -> str:
    """What the last line of an answer means; the line itself where it is Chinese, empty where nothing is known."""
    line = _last(answer)
    if meant := _MEANT.search(line):
        return meant[1]
    if _CHINESE.search(line):
        return line
    codes = _CODES.match(line)
    return _of_codes(codes[1], codes[3] or "") if codes else ""


def _of_codes(reply: str, enhanced: str) -> str:
    if reply in _WECOM:
        return _WECOM[reply]
    if len(reply) != 3:
        return "企业微信没有接收" if reply.lstrip("-").isdigit() else ""
    meaning = _ENHANCED.get(enhanced) or _REPLIES.get(reply)
    match reply[0]:
        case "2":
            return "邮件服务器已接收"
        case "4":
            return meaning or "邮件服务器暂时不能接收"
        case "5":
            return meaning or "邮件服务器拒收"
    return ""


def _last(answer: str) -> str:
    """The last line, without the name of the channel that it begins with."""
    lines = [line.strip() for line in answer.splitlines() if line.strip()]
    return re.sub(r"^(?:邮件|企业微信)：", "", lines[-1]) if lines else ""
