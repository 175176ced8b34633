"""What is wrong with a command line, in Chinese: the framework says it in English only."""

from __future__ import annotations

import re

#: What the framework says, and what people read.
_SAID = (
    (r"Missing (?:argument|parameter) '(.+?)'\.?.*", r"缺少参数 \1"),
    (r"Missing option '(.+?)'\.?.*", r"缺少选项 \1"),
    (r"No such command '(.+?)'\..*", r"没有命令“\1”"),
    (r"No such option:? '?(.+?)'?(?: Did you mean (.+?)\?|\s*\(Possible options: (.+)\))?\.?", r"没有选项 \1"),
    (r"Got unexpected extra arguments? \((.+)\)", r"多出了参数：\1"),
    (r"Option '(.+?)' requires an argument\.?", r"选项 \1 后面要写值"),
    (r"Missing command\.?", r"没有写命令"),
    (r"Invalid value(?: for '(.+?)')?: (.+)", None),
)
#: What is wrong with a value.
_VALUES = (
    (r".*?'(.+?)' is not one of (.+?)\.?", r"“\1”不在其中：\2"),
    (r".*Input should be (?:less|greater) than or equal to (\S+).*", r"超出范围（\1）"),
    (r"(\S+) is not in the range (.+?)\.?", r"\1 超出范围（\2）"),
    (r".*valid integer.*", r"须是整数"),
    (r".*valid (?:number|float).*", r"须是数字"),
    (r".*(?:valid date|valid datetime|does not match the format).*", r"不是有效的日期"),
    (r".*(?:[Ff]ile|[Pp]ath|[Dd]irectory) '(.+?)' does not exist\.?", r"“\1”不存在"),
    (r".*(?:[Ff]ile|[Pp]ath) '(.+?)' is a directory\.?", r"“\1”是文件夹"),
    (r".*'(.+?)' is not readable\.?", r"“\1”不能读取"),
)


def in_chinese(message: str) -> str:
    """The framework's message as people read it; what is not known here stays as it is."""
    for pattern, said in _SAID:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found and said is not None:
            return found.expand(said)
        if found:
            where = f"{found[1]} 的值不对：" if found[1] else "值不对："
            return where + _value(found[2])
    return message


def _value(message: str) -> str:
    for pattern, said in _VALUES:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return found.expand(said)
    return message
