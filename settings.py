"""Settings: ``DUBAN_*`` in the environment, or the same names in ``duban.toml``; documented in docs/operations.md."""

from __future__ import annotations

import difflib
import os
import re
import secrets
import tomllib
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from workflow.hours import Hours, parse_clock, parse_span
from workflow.refusals import Refusal
from workflow.spans import Spans

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

FILE = "duban.toml"


class SettingsRefused(Refusal):
    """设置有误：{reason}"""

    code = "settings-refused"


class Settings(BaseSettings):
    """What the operator decides; each has a default that works on one machine."""

    model_config = SettingsConfigDict(env_prefix="DUBAN_", toml_file=FILE, extra="forbid", frozen=True)

    database_url: str = Field("sqlite:///duban.db", description="数据库地址：sqlite:///文件 或 postgresql://…")
    base_url: str = Field("http://127.0.0.1:8000", description="用户访问本系统的地址，审签链接由此生成")
    secret_key: SecretStr | None = Field(None, description="签名密钥，至少32个字符；不设则使用 SECRET_KEY_FILE")
    secret_key_file: Path = Field(Path("duban.key"), description="签名密钥文件，首次启动时自动生成，权限600")
    mail_url: SecretStr | None = Field(None, description="邮件服务器：smtp://用户:密码@主机:25?from=duban@example.cn")
    wecom_url: SecretStr | None = Field(None, description="企业微信应用：wecomapp://corpid:secret@agentid")
    office_urls: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), description="办公室工作群等，任意 Apprise 地址，多个以空格分隔"
    )
    office_contact: str = Field("领导小组办公室", max_length=100, description="审签页面上“请联系”之后的文字，可写电话")
    link_days: int = Field(14, ge=1, le=90, description="审签链接有效天数")
    digest_at: str = Field("09:00", description="每天汇总消息的发送时刻（北京时间）：不急的消息合为一封，此时发出")
    quiet_hours: str = Field("", description="免打扰时段（北京时间），如 22:00-07:00，可跨零点；留空表示不设")
    anchor_file: Path | None = Field(
        None, description="每日存证文件，只追加；不设则为 SQLite 数据库旁的同名 .anchors，PostgreSQL 为 duban.anchors"
    )
    database_pool: int = Field(10, ge=1, le=200, description="每个进程保持的 PostgreSQL 连接数，忙时最多为其两倍")
    database_pooler: bool = Field(
        False, description="1 为经 PgBouncer（transaction 模式）连接 PostgreSQL；只用于 DUBAN_WORKERS=1 的网页进程"
    )
    request_seconds: int = Field(30, ge=1, le=600, description="网页和接口的一条 PostgreSQL 语句最长的秒数")
    workers: bool = Field(
        False, description="1 为期限和消息由 duban worker 处理，duban serve 只提供页面和接口；只用于 PostgreSQL"
    )
    session_hours: int = Field(12, ge=1, le=168, description="一次登录最长有效的小时数")
    session_idle_minutes: int = Field(120, ge=5, le=1440, description="多少分钟不操作须重新登录")
    oidc_issuer: str = Field("", description="统一身份认证（OpenID Connect）的签发者地址；留空表示不用")
    oidc_client_id: str = Field("", max_length=300, description="本系统在统一身份认证登记的客户端标识")
    oidc_client_secret: SecretStr | None = Field(None, description="本系统在统一身份认证登记的客户端密钥")
    oidc_claim: str = Field(
        "", max_length=100, description="值为本系统账号名称的声明，如 preferred_username；留空则只认管理员关联的身份"
    )
    oidc_title: str = Field("统一身份认证", min_length=1, max_length=20, description="登录页上对统一身份认证的称呼")
    rehearsal: bool = Field(False, description="1 为演练：虚拟时钟、站内投递箱；用过正式库后不能再打开")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @field_validator("office_urls", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(value.split()) if isinstance(value, str) else value

    @field_validator("base_url")
    @classmethod
    def _plain_base(cls, value: str) -> str:
        _check_port(value)
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query:
            raise ValueError("须以 http:// 或 https:// 开头，后面是主机名")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _a_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://")):
            raise ValueError("须以 sqlite:/// 或 postgresql:// 开头")
        if value.startswith("postgresql://"):
            _check_port(value)
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 32:
            raise ValueError("至少32个字符")
        return value

    @field_validator("digest_at")
    @classmethod
    def _a_clock(cls, value: str) -> str:
        return f"{parse_clock(value):%H:%M}"

    @field_validator("quiet_hours")
    @classmethod
    def _a_span(cls, value: str) -> str:
        span = parse_span(value)
        return str(span) if span else ""

    @field_validator("oidc_issuer")
    @classmethod
    def _an_issuer(cls, value: str) -> str:
        if value:
            _check_port(value)
            parts = urlsplit(value)
            # Core 1.0, section 3.1.2.1: what signs people in is asked over TLS; this machine alone needs none.
            near = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
            if not parts.netloc or parts.query or (parts.scheme != "https" and not near):
                raise ValueError("须以 https:// 开头，后面是主机名")
        return value

    @model_validator(mode="after")
    def _whole_oidc(self) -> Self:
        given = (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret)
        if any(given) and not all(given):
            raise ValueError("DUBAN_OIDC_ISSUER、DUBAN_OIDC_CLIENT_ID、DUBAN_OIDC_CLIENT_SECRET 须一起设置")
        return self

    @model_validator(mode="after")
    def _awake_for_the_digest(self) -> Self:
        if self.hours.is_quiet(self.hours.digest_at):
            raise ValueError(f"DUBAN_DIGEST_AT {self.digest_at} 落在 DUBAN_QUIET_HOURS {self.quiet_hours} 之内")
        return self

    @model_validator(mode="after")
    def _workers_have_a_server(self) -> Self:
        if self.workers and not self.database_url.startswith("postgresql://"):
            raise ValueError("DUBAN_WORKERS 只用于 PostgreSQL，单机库请设为 0")
        return self

    @model_validator(mode="after")
    def _sessions_where_they_are_held(self) -> Self:
        if self.database_pooler and not self.workers:
            raise ValueError("DUBAN_DATABASE_POOLER 须与 DUBAN_WORKERS=1 同用：到期处理须直接连接 PostgreSQL")
        return self

    @property
    def anchors_at(self) -> Path:
        """Where the daily anchors are written outside the database."""
        if self.anchor_file is not None:
            return self.anchor_file
        if self.database_url.startswith("sqlite:///"):
            return Path(self.database_url.removeprefix("sqlite:///") or "duban.db").with_suffix(".anchors")
        return Path("duban.anchors")

    @property
    def hours(self) -> Hours:
        """When people are told."""
        return Hours(parse_clock(self.digest_at), parse_span(self.quiet_hours))

    @property
    def spans(self) -> Spans:
        """How long sessions last."""
        return Spans(timedelta(hours=self.session_hours), timedelta(minutes=self.session_idle_minutes))

    @property
    def has_secret(self) -> bool:
        """Whether there is a signing key already."""
        return self.secret_key is not None or self.secret_key_file.exists()

    def secret(self) -> bytes:
        """The signing key; made on first use, mode 600, outside the database."""
        if self.secret_key is not None:
            return self.secret_key.get_secret_value().encode()
        if not self.secret_key_file.exists():
            _make_key(self.secret_key_file)
        key = self.secret_key_file.read_bytes().strip()
        if len(key) < 32:
            raise SettingsRefused(reason=f"密钥文件“{self.secret_key_file}”为空或过短，请从备份恢复")
        return key


def _make_key(path: Path) -> None:
    """Write a key beside the file and link it into place whole: two first starts end with one key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def load(**overrides: object) -> Settings:
    """The settings of this process; raises SettingsRefused naming the setting, never its value."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except tomllib.TOMLDecodeError as fault:
        raise SettingsRefused(reason=f"{FILE} 不是正确的 TOML：{_toml_fault(str(fault))}") from None
    except UnicodeDecodeError:
        raise SettingsRefused(reason=f"{FILE} 不是 UTF-8 编码") from None
    except OSError as fault:
        raise SettingsRefused(reason=f"{FILE} 无法读取（{fault.strerror}）") from None
    except ValidationError as fault:
        raise SettingsRefused(reason="；".join(map(_said, fault.errors()))) from None


def _check_port(address: str) -> None:
    """Raises ValueError for a port that is no number, or none that there is."""
    try:
        parts = urlsplit(address)
        _ = parts.hostname, parts.port
    except ValueError as fault:
        wrong = "端口须是 0 到 65535 之间的数字" if "ort" in str(fault) else "地址的格式不正确"
        raise ValueError(wrong) from None


#: Kind of fault → what is wrong, from what the library tells of the bounds; no value is ever repeated.
_FAULTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "int_parsing": lambda _: "须是整数",
    "int_type": lambda _: "须是整数",
    "int_from_float": lambda _: "须是整数",
    "greater_than_equal": lambda bound: f"不能小于{bound['ge']}",
    "less_than_equal": lambda bound: f"不能大于{bound['le']}",
    "bool_parsing": lambda _: "只能是 1（是）或 0（否）",
    "bool_type": lambda _: "只能是 1（是）或 0（否）",
    "string_type": lambda _: "须是文字，在文件里要加引号",
    "string_too_short": lambda _: "不能为空",
    "string_too_long": lambda bound: f"不能超过{bound['max_length']}个字",
    "tuple_type": lambda _: "须是列表，或以空格分隔的文字",
    "path_type": lambda _: "须是文件路径，在文件里要加引号",
    "value_error": lambda bound: str(bound["error"]),
}


def _said(fault: ErrorDetails) -> str:
    """A fault in one Chinese line, with the setting's name."""
    place, kind = fault["loc"], fault["type"]
    if not place:
        return _FAULTS[kind](fault.get("ctx", {}))
    name = str(place[0])
    if kind == "extra_forbidden":
        return _unknown(name)
    told = _FAULTS[kind](fault.get("ctx", {})) if kind in _FAULTS else "写法不正确"
    return f"DUBAN_{name.upper()} {told}"


def _unknown(name: str) -> str:
    """A name that is no setting, with the one that was probably meant."""
    plain = name.lower().removeprefix("duban_")
    if plain in Settings.model_fields:
        return f"{FILE} 里的“{name}”应写作 {plain}：文件里用小写，不带 DUBAN_"
    alike = difflib.get_close_matches(plain, Settings.model_fields, n=1)
    hint = f"，是不是 {alike[0]}" if alike else ""
    return f"{FILE} 里的“{name}”不是本系统的设置{hint}"


_TOML_PLACE = re.compile(r"at line (\d+), column (\d+)")


def _toml_fault(said: str) -> str:
    found = _TOML_PLACE.search(said)
    return (
        f"第{found[1]}行第{found[2]}列附近有误，文字须加引号，每行一个 名称 = 值"
        if found
        else "文件末尾不完整，或引号没有成对"
    )
