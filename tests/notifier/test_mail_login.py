"""Who the mail channel trusts, and to whom it shows its password."""

from __future__ import annotations

from contextlib import closing

import pytest

from notifier.channels import Address, Parcel, Receipt, open_channels
from tests.doubles.smtp import Certificate, SmtpDouble, make_certificate

PARCEL = Parcel(
    to=Address("市能源局联络员", "liaison@example.cn", None),
    subject="报送建标学习对象",
    text="请于1月4日前报送。",
    html="<p>请于1月4日前报送。</p>",
    reference="n-2022-0001",
)


def sent(url: str) -> Receipt:
    """One mail through a channel opened for it."""
    with closing(open_channels(url, None, [])) as channels:
        return channels.send("mail", PARCEL)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """The certificate, known to this machine."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.chain))
    return certificate


@pytest.mark.parametrize("written", ["p%3Aw%40rd%2F%231", "p:w%40rd%2F%231"])
def test_login_is_used_where_the_server_asks_for_it(written: str) -> None:
    with SmtpDouble(account=("duban", "p:w@rd/#1")) as server:
        assert sent(server.url(login=f"duban:{written}@")).delivered
        assert server.logins == ["duban"]


def test_mail_without_the_login_asked_for_is_refused() -> None:
    with SmtpDouble(account=("duban", "secret")) as server:
        assert sent(server.url()) == Receipt.refused("530 5.7.0 Authentication required", "<n-2022-0001@example.cn>")


def test_wrong_password_is_permanent_and_not_repeated_in_the_answer() -> None:
    with SmtpDouble(account=("duban", "right")) as server:
        receipt = sent(server.url(login="duban:wrong-secret@"))
    assert (receipt.delivered, receipt.permanent) == (False, True)
    assert receipt.answer.startswith("535 ")
    assert "wrong-secret" not in receipt.answer


def test_password_that_smtp_cannot_carry_is_a_failed_attempt() -> None:
    with SmtpDouble(account=("duban", "密码")) as server:
        receipt = sent(server.url(login="duban:%E5%AF%86%E7%A0%81@"))
    assert (receipt.delivered, receipt.permanent) == (False, False)
    assert "密码" not in receipt.answer


def test_login_is_left_out_where_the_server_offers_none() -> None:
    with SmtpDouble() as server:
        assert sent(server.url(login="duban:secret@")).delivered


@pytest.mark.parametrize("implicit", [True, False])
def test_trusted_certificate_encrypts_login_and_mail(trusted: Certificate, implicit: bool) -> None:
    with SmtpDouble(certificate=trusted, implicit_tls=implicit, account=("duban", "secret")) as server:
        assert sent(server.url(login="duban:secret@")).delivered
        assert server.mails[0].encrypted


@pytest.mark.parametrize("implicit", [True, False])
def test_unknown_certificate_stops_the_mail(certificate: Certificate, implicit: bool) -> None:
    with SmtpDouble(certificate=certificate, implicit_tls=implicit) as server:
        receipt = sent(server.url())
        assert (receipt.delivered, receipt.permanent) == (False, False)
        assert "证书" in receipt.answer
        assert server.mails == []


@pytest.mark.parametrize("implicit", [True, False])
def test_verify_no_takes_an_internal_servers_certificate(certificate: Certificate, implicit: bool) -> None:
    with SmtpDouble(certificate=certificate, implicit_tls=implicit) as server:
        assert sent(server.url("from=duban@example.cn&verify=no")).delivered
        assert server.mails[0].encrypted


def test_tls_none_stays_in_the_clear(certificate: Certificate) -> None:
    with SmtpDouble(certificate=certificate) as server:
        assert sent(server.url("from=duban@example.cn&tls=none")).delivered
        assert not server.mails[0].encrypted


def test_tls_starttls_sends_nothing_to_a_server_without_it() -> None:
    with SmtpDouble() as server:
        receipt = sent(server.url("from=duban@example.cn&tls=starttls"))
        assert (receipt.delivered, receipt.permanent) == (False, False)
        assert "STARTTLS" in receipt.answer
        assert server.mails == []


def test_password_for_another_host_goes_in_the_clear_only_when_told_to() -> None:
    with SmtpDouble(account=("duban", "secret"), host="127.0.0.2") as server:
        receipt = sent(server.url(login="duban:secret@"))
        assert (receipt.delivered, receipt.permanent, server.logins) == (False, False, [])
        assert "password kept back" in receipt.answer
        assert sent(server.url("from=duban@example.cn&tls=none", login="duban:secret@")).delivered
