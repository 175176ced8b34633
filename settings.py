"""Settings: ``DUBAN_*`` in the environment, or the same names in ``duban.toml``; documented in docs/operations.md."""

from __future__ import annotations

import os
import secrets
import tomllib
from pathlib import Path
from typing import Annotated, Self
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


class SettingsRefused(Refusal):
    """设置有误：{reason}"""

    code = "settings-refused"


class Settings(BaseSettings):
    """What the operator decides; each has a default that works on one machine."""

    model_config = SettingsConfigDict(env_prefix="DUBAN_", toml_file="duban.toml", extra="forbid", frozen=True)

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
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query:
            raise ValueError("须以 http:// 或 https:// 开头")
        return value.rstrip("/")

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

    @model_validator(mode="after")
    def _awake_for_the_digest(self) -> Self:
        if self.hours.is_quiet(self.hours.digest_at):
            raise ValueError(f"DUBAN_DIGEST_AT {self.digest_at} 落在 DUBAN_QUIET_HOURS {self.quiet_hours} 之内")
        return self

    @property
    def hours(self) -> Hours:
        """When people are told."""
        return Hours(parse_clock(self.digest_at), parse_span(self.quiet_hours))

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
        raise SettingsRefused(reason=f"duban.toml 不是正确的 TOML：{fault}") from None
    except ValidationError as fault:
        raise SettingsRefused(reason="；".join(_said(one["loc"], one["msg"]) for one in fault.errors())) from None


def _said(place: tuple[int | str, ...], message: str) -> str:
    """A fault in one line; what we say ourselves without the library's opening."""
    own = message.removeprefix("Value error, ")
    return f"DUBAN_{str(place[0]).upper()} {own}" if place else own
