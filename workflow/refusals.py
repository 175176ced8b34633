"""One tree of named refusals: the docstring is the sentence people read, the code is what programs read.

Only ``web/problems.py`` knows which HTTP status belongs to which code.
"""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """操作未被接受。"""

    code: ClassVar[str] = "refused"

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.text)

    @property
    def text(self) -> str:
        """The docstring with the facts of this case filled in."""
        return " ".join((type(self).__doc__ or "").split()).format_map(self.facts)


class NotFound(Refusal):
    """没有找到您要的内容。"""

    code = "not-found"


class NotAllowedNow(Refusal):
    """该事项当前状态为“{standing}”，不能{move}。"""

    code = "not-allowed-now"


class PrerequisiteNotFiled(NotAllowedNow):
    """须先完成并报送：{missing}，之后才能提交本事项。"""


class NoApprover(NotAllowedNow):
    """当前没有人担任“{post}”，无法送审。请领导小组办公室先在花名册中补上任职人。"""


class NobodyToUrge(NotAllowedNow):
    """当前没有可以催办的人：相关职务无人担任，请领导小组办公室先在花名册中补上任职人。"""


class AlreadyUrged(NotAllowedNow):
    """{day}已经为该事项催办过，{when}起可以再次催办。"""


class ContentChanged(Refusal):
    """内容已被他人修改（现为第{current}版），请查看最新内容后再操作。"""

    code = "content-changed"


class ContentIncomplete(Refusal):
    """填报内容不完整或不符合要求：{summary}"""

    code = "content-incomplete"


class ContentUnreadable(Refusal):
    """填报内容无法识别：{summary}"""

    code = "content-unreadable"


class AttachmentRefused(Refusal):
    """附件未被接受：{reason}"""

    code = "attachment-refused"


class ChangedMeanwhile(Refusal):
    """该事项刚刚被其他人处理，您的操作没有生效，请刷新后查看。"""

    code = "changed-meanwhile"


class LinkUnknown(Refusal):
    """链接无效或已失效。"""

    code = "link-unknown"


class AlreadyDecided(Refusal):
    """该事项已于{when}作出“{decision}”的决定，不能再改为其他决定。"""

    code = "already-decided"


class DecisionIncomplete(Refusal):
    """{reason}"""

    code = "decision-incomplete"


class DateRefused(Refusal):
    """日期不可用：{reason}"""

    code = "date-refused"


class CommentMissing(Refusal):
    """请写明{what}。"""

    code = "comment-missing"


class DefinitionRefused(Refusal):
    """方案定义有{count}处错误。"""

    code = "definition-refused"


class AlreadyLaunched(Refusal):
    """方案“{key}”已经启动，不能重复启动。"""

    code = "already-launched"


class LaunchRefused(Refusal):
    """不能启动：{reason}"""

    code = "launch-refused"


class ClockBackwards(Refusal):
    """演练时钟只能向前：现在是{now}，不能改到{target}。"""

    code = "clock-backwards"


class ClockTooFar(Refusal):
    """一次最多推进{days}天，请分几次进行。"""

    code = "clock-too-far"


class NotRehearsing(Refusal):
    """没有找到您要的内容。"""

    code = "not-found"


class StoreModeMismatch(Refusal):
    """该数据库曾以{mode}方式运行，不能改用{wanted}方式。请另用一个数据库。"""

    code = "store-mode-mismatch"


class StoreBusy(Refusal):
    """另一个 duban 服务正在使用这个数据库文件：{path}"""

    code = "store-busy"


class PortTaken(Refusal):
    """端口{port}已被占用。请先结束占用它的程序，或加 --port 换一个端口。"""

    code = "port-taken"


class AddressUnusable(Refusal):
    """不能在地址“{host}”上监听。请核对 --host 和 --port。"""

    code = "address-unusable"


class StoreUnusable(Refusal):
    """数据库不可用：{reason}"""

    code = "store-unusable"


class OpeningRefused(Refusal):
    """不能开启该事项：{reason}"""

    code = "opening-refused"


class AlreadyOpen(Refusal):
    """“{title}”已为{unit}开启，截止日期同为{due}，不再重复开启。"""

    code = "already-open"


class FindingRefused(Refusal):
    """检查发现未记录：{reason}"""

    code = "finding-refused"


class Forbidden(Refusal):
    """您的账号没有“{move}”的权限。"""

    code = "forbidden"


class QueryRefused(Refusal):
    """查询条件不可用：{reason}"""

    code = "query-refused"


class ConfirmationNeeded(Refusal):
    """本件须先核实本人身份，才能提交审签意见。"""

    code = "confirmation-needed"

    @property
    def kind(self) -> str:
        """The second step that is asked for: ``code`` or ``wecom``."""
        return str(self.facts["kind"])


class CodeRefused(Refusal):
    """{reason}"""

    code = "code-refused"


class CodeUnreachable(Refusal):
    """本件须凭动态验证码审签，验证码不得与审签链接走同一渠道。{reason}"""

    code = "code-unreachable"


class IdentityRefused(Refusal):
    """{reason}"""

    code = "identity-refused"


class DisputeRefused(Refusal):
    """{reason}"""

    code = "dispute-refused"


class DelegationRefused(Refusal):
    """授权代签未登记：{reason}"""

    code = "delegation-refused"


class AbsenceRefused(Refusal):
    """外出未登记：{reason}"""

    code = "absence-refused"


class ReassignRefused(Refusal):
    """不能改派：{reason}"""

    code = "reassign-refused"


class SupervisionRefused(Refusal):
    """领导分工未调整：{reason}"""

    code = "supervision-refused"


class SignedSingly(Refusal):
    """本件须单独审签（需二次确认），不能与其他件一并同意。"""

    code = "signed-singly"


class NothingToApprove(Refusal):
    """没有可以一并同意的件：{why}。"""

    code = "nothing-to-approve"


class PersonUnclear(Refusal):
    """不清楚“{written}”是谁：{reason}"""

    code = "person-unclear"


class SheetRefused(Refusal):
    """不能出具审签单：{reason}。"""

    code = "sheet-refused"


class FeedRefused(Refusal):
    """订阅地址未生成：{reason}。"""

    code = "feed-refused"
