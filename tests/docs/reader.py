"""Someone who does what a page says, in a folder, and looks at what is printed."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from .pages import ROOT, Block, blocks, changes, commands

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_SECONDS = 120


def follow(page: Path, folder: Path, *, tolerance: float = 0.0) -> int:
    """Take every step of a page in ``folder``; the answer is how many commands were run.

    Numbers may differ by ``tolerance`` from those shown. Raises AssertionError.
    """
    num_commands = 0
    for block in blocks(page):
        if block.language == "console":
            num_commands += _run_all(block, folder, tolerance=tolerance)
        elif block.path is not None:
            write(block, folder / block.path)
    return num_commands


def write(block: Block, path: Path) -> None:
    """Make or change the file that a block stands for."""
    if block.language != "diff":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    for change in changes(block):
        places = text.count(change.before)
        assert places == 1, f"{path} has {places} places with:\n{change.before}"
        text = text.replace(change.before, change.after)
    path.write_text(text, encoding="utf-8")


def _run_all(block: Block, folder: Path, *, tolerance: float) -> int:
    found = commands(block)
    for command in found:
        done = run(command.line, folder)
        report = f"$ {command.line}\n{done.stdout}{done.stderr}"
        assert (done.returncode != 0) == command.fails, report
        assert agree(command.shown, printed_by(done), tolerance=tolerance), report
    return len(found)


def run(line: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """One command line, in a shell that finds the programs of this environment first."""
    variables = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))
    }
    variables["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    variables["COLUMNS"] = "80"
    if (folder / "src").is_dir():
        variables["PYTHONPATH"] = str(folder / "src")
    return subprocess.run(
        ["bash", "-c", _recipe(line)],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )


def _recipe(line: str) -> str:
    """What ``make TARGET`` runs once the environment is there; any other line as it is."""
    if not (made := re.fullmatch(r"make ([\w-]+)", line)):
        return line
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = re.search(rf"^{made[1]}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert recipe, f"the Makefile has no target {made[1]}"
    return recipe[1].replace("$(BIN)/", "").replace("\t", "")


def printed_by(done: "subprocess.CompletedProcess[str]") -> list[str]:
    """The lines that a page shows of a command: all of its output, and its own error lines.

    Progress is none of them: a slow machine prints some where a quick one does not.
    """
    lines = [line for line in done.stderr.splitlines() if line.startswith("lossproof:")]
    errors = [line for line in lines if not line.endswith(" left")]
    return [*done.stdout.splitlines(), *errors]


def agree(shown: Sequence[str], printed: Sequence[str], *, tolerance: float = 0.0) -> bool:
    """Whether a page shows what was printed; blank lines and the ends of lines do not count."""
    found = [line.rstrip() for line in printed if line.strip()]
    parts: list[list[str]] = [[]]
    for line in shown:
        if line.strip() == "...":
            parts.append([])
        elif line.strip():
            parts[-1].append(line.rstrip())
    *before, last = parts
    place = 0
    for number, part in enumerate(before):
        places = range(place, len(found) + 1) if number else [0]
        starts = [start for start in places if _starts_with(found[start:], part, tolerance)]
        if not starts:
            return False
        place = starts[0] + len(part)
    # Without an elision there is one part, and it has to be everything.
    start = len(found) - len(last)
    exact = start == 0 or bool(before)
    return exact and start >= place and _starts_with(found[start:], last, tolerance)


def _starts_with(found: Sequence[str], part: Sequence[str], tolerance: float) -> bool:
    return len(part) <= len(found) and all(
        _same(line, printed, tolerance) for line, printed in zip(part, found, strict=False)
    )


def _same(shown: str, printed: str, tolerance: float) -> bool:
    if not tolerance:
        parts = [re.escape(part) for part in shown.split("...")]
        return re.fullmatch(".*".join(parts), printed) is not None
    words = [_NUMBER.sub("#", line).split() for line in (shown, printed)]
    pairs = zip(_numbers(shown), _numbers(printed), strict=False)
    return words[0] == words[1] and all(abs(a - b) <= tolerance for a, b in pairs)


def _numbers(line: str) -> Iterator[float]:
    return map(float, _NUMBER.findall(line))
