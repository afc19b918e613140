"""What x264 and x265 write of their settings into the streams that they make."""

import re
from typing import NamedTuple

_TEXT = re.compile(rb"(x26[45])[ -~]{0,400}? options: ([ -~]*)")


class Note(NamedTuple):
    """The encoder, and how it was told to spend bits: ``crf 23``, ``abr 400 kbit/s``, ``qp 20``;
    empty where it does not say."""

    encoder: str
    control: str

    @property
    def lossless(self) -> bool:
        """x264 is with ``qp 0``; x265 only where it says so."""
        return self.control == "lossless" or (self.encoder, self.control) == ("x264", "qp 0")


def read_note(data: bytes) -> Note | None:
    """The first note in a stream's first packet or its header; None where there is none."""
    found = _TEXT.search(data)
    if not found:
        return None
    options = dict(
        word.split("=", 1) for word in found[2].decode("ascii").split() if word.count("=") == 1
    )
    return Note(found[1].decode("ascii"), _control(options, bare=found[2].split()))


def _control(options: dict[str, str], *, bare: list[bytes]) -> str:
    if b"lossless" in bare or options.get("lossless") == "1":
        return "lossless"
    kind = options.get("rc", "")
    if kind == "crf" and "crf" in options:
        return f"crf {_plain(options['crf'])}"
    if kind == "cqp" and "qp" in options:
        return f"qp {_plain(options['qp'])}"
    if "bitrate" in options:
        return f"{kind or 'abr'} {_plain(options['bitrate'])} kbit/s"
    return ""


def _plain(number: str) -> str:
    try:
        return f"{float(number):g}"
    except ValueError:
        return number
