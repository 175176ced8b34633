"""Who owes an obligation, in words. Pure."""

from __future__ import annotations

from workflow.definition import CONCERNED, Definition
from workflow.wording.names import group, group_title, party


def owner(definition: Definition, name: str) -> str:
    """Who owes an obligation: 各成员单位, 随机抽取2个县市区, 由办公室对各单位逐一办理."""
    owes = definition.obligations[name].owed_by
    each = definition.post_title(owes.each) if owes.each else ""
    if owes.draw:
        return "随机抽取" + "、".join(
            f"{_count(one.count.at_least, one.count.at_most)}{group_title(definition, one.source)}" for one in owes.draw
        )
    if owes.rota:
        return f"{group(definition, owes.rota)}轮流" + (f"，由{each}承担" if each else "")
    if owes.subjects:
        return f"由{party(definition, owes.by or '')}对{group(definition, owes.subjects)}逐一办理"
    if owes.of:
        return f"{group(definition, owes.of)}{each}（每人）"
    if owes.units:
        return "、".join(owes.units)
    return "所涉及的单位" if owes.named == CONCERNED else party(definition, owes.named or "")


def _count(least: int, most: int | None) -> str:
    if most is None:
        return f"不少于{least}个"
    return f"{least}个" if least == most else f"{least}至{most}个"
