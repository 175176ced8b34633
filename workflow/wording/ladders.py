"""Ladders, sign-off steps and light rules in words. Pure."""

from __future__ import annotations

from datetime import time

from workflow.definition import Definition, LightRule, Rung, Step
from workflow.wording.follow_ups import EVENTS
from workflow.wording.names import LIGHTS, group_title, posts, span

SAYS = {
    "reminder": "提醒{posts}",
    "overdue": "告知{posts}已逾期",
    "escalation": "向{posts}升级督办",
    "notice": "通知{posts}",
}

CONFIRMS = {"none": "", "code": "，凭动态验证码", "wecom": "，凭企业微信身份"}


def rung(definition: Definition, one: Rung) -> str:
    """One rung of a ladder: 截止前3个工作日 09:00，提醒联络员."""
    said = f"{moment(one)}，{SAYS[one.say].format(posts=posts(definition, one.to))}"
    if one.every:
        said += f"，此后每{span(one.every)}一次，最多{one.at_most}次"
    if one.light:
        said += f"，亮{LIGHTS[one.light]}"
    if (wanted := one.acknowledge) is not None:
        said += f"，须在{span(wanted.within)}内签收，否则转{posts(definition, wanted.to)}"
    return said


def moment(one: Rung) -> str:
    """When a rung fires: 截止前3个工作日 09:00, 期限一过, 送审1个工作日未签 09:00."""
    at = one.pending_for or one.at
    assert at is not None
    if at.is_due:
        return "期限一过"
    clock = f" {at.at or time(9, 0):%H:%M}"
    if one.pending_for:
        return f"送审{span(at)}未签{clock}"
    return (f"截止{'后' if at.count > 0 else '前'}{span(at)}" if at.count else "截止当日") + clock


def step(definition: Definition, one: Step) -> str:
    """One step of a sign-off: 由分管领导审签，市委组织部、市委宣传部由主要负责同志审签."""
    said = f"由{definition.post_title(one.by)}审签"
    for name, post in one.exceptions.items():
        said += f"；{group_title(definition, name, most=20)}由{definition.post_title(post)}审签"
    if one.need != "all":
        said += "；有多人的，一人同意即可" if one.need == "any" else f"；须{one.need}人同意"
    return said + CONFIRMS[one.confirm]


def light(one: LightRule) -> str:
    """One rule of lights: 逾期亮黄灯, 第2次被退回亮黄灯."""
    times = f"第{one.times}次" if one.times > 1 else ""
    return f"{times}{EVENTS[one.when]}，亮{LIGHTS[one.light]}"
