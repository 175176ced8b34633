"""The one place that knows which HTTP status a refusal has; RFC 9457 problem documents, or pages for people."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping, Sequence

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from web import faults
from workflow.refusals import Refusal

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
INTERNAL = "internal-error"

#: Shows a refusal to a person: (request, status, title, detail) → page. The whole problem, with its code,
#: stands in ``request.state.problem``.
HtmlProblem = Callable[[Request, int, str, str], Response]

#: Code → status and the heading people read.
KINDS: Mapping[str, tuple[int, str]] = {
    "refused": (422, "操作未被接受"),
    "not-found": (404, "没有找到"),
    "not-allowed-now": (409, "现在不能这样操作"),
    "content-changed": (409, "内容已被修改"),
    "content-incomplete": (422, "填报内容不完整"),
    "content-unreadable": (422, "填报内容有误"),
    "attachment-refused": (422, "附件未被接受"),
    "changed-meanwhile": (409, "刚刚被他人处理"),
    "link-unknown": (404, "链接无效或已失效"),
    "already-decided": (409, "已经作出决定"),
    "decision-incomplete": (422, "决定不完整"),
    "signed-singly": (422, "须单独审签"),
    "confirmation-needed": (403, "须先核实身份"),
    "code-refused": (422, "验证码未通过"),
    "code-unreachable": (409, "验证码无法送达"),
    "identity-refused": (403, "身份未能确认"),
    "dispute-refused": (422, "声明未记录"),
    "nothing-to-approve": (409, "没有可以一并同意的件"),
    "date-refused": (422, "日期不可用"),
    "comment-missing": (422, "缺少说明"),
    "definition-refused": (422, "方案定义有误"),
    "already-launched": (409, "方案已经启动"),
    "opening-refused": (422, "不能开启该事项"),
    "already-open": (409, "该事项已经开启"),
    "finding-refused": (422, "检查发现未记录"),
    "person-unclear": (422, "不清楚是谁"),
    "delegation-refused": (422, "授权代签未登记"),
    "absence-refused": (422, "外出未登记"),
    "reassign-refused": (422, "不能改派"),
    "supervision-refused": (422, "领导分工未调整"),
    "sheet-refused": (409, "不能出具审签单"),
    "paper-refused": (422, "督办单未出具"),
    "feed-refused": (422, "订阅地址未生成"),
    "anchors-unreadable": (422, "存证文件不能读取"),
    "record-unreadable": (503, "历史记录读不出来"),
    "already-verifying": (409, "正在核验"),
    "launch-refused": (422, "不能启动方案"),
    "amendment-refused": (422, "不能修订方案"),
    "clock-backwards": (409, "演练时钟只能向前"),
    "clock-too-far": (422, "一次推进过多"),
    "store-mode-mismatch": (409, "数据库用途不符"),
    "store-busy": (503, "数据库正被占用"),
    "store-moved": (503, "数据库已迁移"),
    "store-arriving": (503, "数据库正在迁移"),
    "move-refused": (409, "没有迁移"),
    "store-unusable": (503, "数据库不可用"),
    "settings-refused": (500, "设置有误"),
    "query-refused": (422, "查询条件不可用"),
    "port-taken": (503, "端口已被占用"),
    "address-unusable": (503, "不能监听该地址"),
    "forbidden": (403, "没有权限"),
    "password-to-change": (403, "请先修改密码"),
    "not-signed-in": (401, "请先登录"),
    "form-token-refused": (403, "页面已过期"),
    "sign-in-refused": (401, "登录未成功"),
    "sign-in-locked": (429, "登录失败次数过多"),
    "account-disabled": (403, "账号已停用"),
    "account-taken": (409, "账号已存在"),
    "last-admin": (409, "须保留一个系统管理员"),
    "identity-unknown": (403, "账号未关联"),
    "identity-not-linked": (422, "没有关联"),
    "oidc-refused": (403, "登录未成功"),
    "oidc-silent": (503, "认证服务没有答复"),
    "account-refused": (422, "账号或令牌未添加"),
    "password-refused": (422, "密码不可用"),
    "calendar-refused": (422, "放假安排有误"),
    "roster-refused": (422, "花名册有误"),
    "ledger-refused": (422, "台账有误"),
    "rollover-refused": (422, "不能结转"),
    "workbook-refused": (422, "文件未被接受"),
    "not-shown": (422, "不能在线查看"),
    "backup-refused": (409, "备份未完成"),
    "restore-refused": (409, "恢复未完成"),
    "request-invalid": (422, "请求内容不正确"),
    "method-not-allowed": (405, "不支持这种操作"),
    "body-too-large": (413, "提交的内容过大"),
    INTERNAL: (500, "系统出错"),
}

#: Faults that one answer lists; a form has fewer fields.
_MOST_ERRORS = 100

#: What the framework itself refuses, by status.
_OF_STATUS = {400: "request-invalid", 404: "not-found", 405: "method-not-allowed", 413: "body-too-large"}
_DETAILS = {
    "not-found": "没有找到您要的内容。",
    "method-not-allowed": "该地址不支持这种操作。",
    "body-too-large": "提交的内容超过允许的大小。",
    "request-invalid": "请求无法识别，请检查后重试。",
    "store-unusable": "数据库暂时不可用，操作没有生效，请稍后重试。",
    INTERNAL: "系统出错，操作没有生效。请稍后重试；仍不成功时请联系管理员。",
}


class FieldFault(BaseModel):
    """What is wrong with one part of a request."""

    field: str = Field(description="请求中的位置，例如 until 或 query.limit")
    detail: str = Field(description="错在何处")


class Problem(BaseModel):
    """RFC 9457：操作未被接受的原因；`code` 供程序判断，`title` 和 `detail` 供人阅读。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:duban:problem:not-allowed-now",
                    "title": "现在不能这样操作",
                    "status": 409,
                    "code": "not-allowed-now",
                    "detail": "该事项当前状态为“已报送”，不能提交。",
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    errors: list[FieldFault] | None = None


def problem(code: str, detail: str | None = None, errors: Sequence[FieldFault] = ()) -> Problem:
    """The problem of a code; an unknown code is an internal error, since nobody said what it means."""
    status, title = KINDS.get(code, KINDS[INTERNAL])
    return Problem(
        type=f"urn:duban:problem:{code}",
        title=title,
        status=status,
        code=code,
        detail=detail or _DETAILS.get(code),
        errors=list(errors) or None,
    )


def of_refusal(refusal: Refusal) -> Problem:
    """The problem that a named refusal is."""
    found = refusal.facts.get("errors")
    named = list(found.items())[:_MOST_ERRORS] if isinstance(found, Mapping) else ()
    return problem(refusal.code, refusal.text, [FieldFault(field=str(k), detail=str(v)) for k, v in named])


def respond(request: Request, found: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """A problem as the client wants it: a document under /api, a page elsewhere."""
    if is_api(request):
        content = json.dumps(found.model_dump(exclude_none=True), ensure_ascii=False)
        # A lone surrogate that came in with a field's name must not stop the answer from going out.
        body = content.encode(errors="replace")
        return Response(body, found.status, headers, media_type=MEDIA_TYPE)
    request.state.problem = found
    hook: HtmlProblem = getattr(request.app.state, "html_problem", _bare_page)
    response = hook(request, found.status, found.title, found.detail or "")
    response.headers.update(headers or {})
    return response


def is_api(request: Request) -> bool:
    """Whether programs come to this address, not people."""
    return request.url.path.startswith("/api/")


def add_to(app: FastAPI) -> None:
    """Turn everything that is raised into problems."""

    @app.exception_handler(Refusal)
    def refused(request: Request, refusal: Refusal) -> Response:
        headers = {"WWW-Authenticate": "Bearer"} if refusal.code == "not-signed-in" else None
        return respond(request, of_refusal(refusal), headers)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        named = [FieldFault(field=place, detail=text) for place, text in faults.explained(error.errors())]
        return respond(request, problem("request-invalid", errors=named))

    @app.exception_handler(OperationalError)
    def without_store(request: Request, error: OperationalError) -> Response:
        log.error("store does not answer", path=request.url.path, exc_info=error)
        return respond(request, problem("store-unusable"))

    @app.exception_handler(HTTPException)
    def framework(request: Request, error: HTTPException) -> Response:
        code = _OF_STATUS.get(error.status_code, "request-invalid" if error.status_code < 500 else INTERNAL)
        found = problem(code).model_copy(update={"status": error.status_code})
        return respond(request, found, error.headers)


def _bare_page(_request: Request, status: int, title: str, detail: str) -> Response:
    """The page of an application whose pages have not said how refusals look."""
    shown = f"<!doctype html><html lang=zh-CN><meta charset=utf-8><title>{html.escape(title)}</title>"
    return HTMLResponse(f"{shown}<h1>{html.escape(title)}</h1><p>{html.escape(detail)}</p></html>", status)
