"""Sample letters: what every kind of message will say."""

from dataclasses import dataclass

from web.contexts.frame import Frame


@dataclass(frozen=True)
class SampleLink:
    """One kind of letter that is one click away."""

    href: str
    label: str
    chosen: bool = False


@dataclass(frozen=True)
class SampleLetter:
    """One sample letter; `html_href` is the address of its HTML part, `card` what WeCom shows of it."""

    title: str
    recipient: str
    subject: str
    text: str
    html_href: str
    card_title: str
    card: str
    button: str


@dataclass(frozen=True)
class LettersPage:
    """Every kind of letter with sample facts, one of them open."""

    frame: Frame
    kinds: tuple[SampleLink, ...]
    letter: SampleLetter
