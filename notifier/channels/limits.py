"""How often the other side lets itself be called. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many attempts within any span of this length, to one person or on the whole channel."""

    most: int
    span: timedelta
    per_person: bool = False


#: A group's robot takes no more (企业微信 群机器人配置说明, 消息发送频率限制).
GROUP = Limit(20, MINUTE)
