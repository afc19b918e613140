"""Put what the commands of the pages print now into the pages, and say what that leaves undone.

Use: ``python -m tests.docs.rebuild``, then read the difference. Outputs with ``...`` stay as they
are; those that no longer agree are named, for a person to mend.
"""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from .pages import Block, Command, blocks, commands
from .reader import agree, printed_by, run, write
from .visits import VISITS, Visit


def rebuild(visit: Visit, folder: Path) -> list[str]:
    """Take a page's steps and show in it what they print; the answer names what disagrees."""
    visit.prepare(folder)
    text = visit.page.read_text(encoding="utf-8")
    wrong: list[str] = []
    for block in blocks(visit.page):
        if block.language == "console":
            text = text.replace(block.text, _shown(block, folder, visit.tolerance, wrong))
        elif block.path:
            write(block, folder / block.path)
    visit.page.write_text(text, encoding="utf-8")
    return wrong


def _shown(block: Block, folder: Path, tolerance: float, wrong: list[str]) -> str:
    lines = []
    for command in commands(block):
        printed = printed_by(run(command.line, folder))
        agrees = agree(command.shown, printed, tolerance=tolerance)
        if not agrees and _elides(command):
            wrong.append(command.line)
        kept = list(command.shown) if agrees or _elides(command) else _trimmed(printed)
        lines += [f"$ {command.line}", *kept]
    return "".join(f"{line}\n" for line in lines)


def _elides(command: Command) -> bool:
    return any("..." in line for line in command.shown)


def _trimmed(lines: list[str]) -> list[str]:
    """Without blank lines around them, and without blanks at their ends."""
    return "\n".join(line.rstrip() for line in lines).strip("\n").split("\n")


def main() -> None:
    """Every visit in turn."""
    with TemporaryDirectory() as folder:
        os.environ["LOSSPROOF_CACHE"] = f"{folder}/cache"
        for number, (name, visit) in enumerate(VISITS.items()):
            place = Path(folder) / str(number)
            place.mkdir()
            for line in rebuild(visit, place):
                print(f"{name}: mend by hand what is shown for: {line}", file=sys.stderr)


if __name__ == "__main__":
    main()
