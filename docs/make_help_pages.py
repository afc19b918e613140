"""Write the pages that say what the program says: the command line, and the table of codecs.

Use: ``make help-pages``. A test says when they are out of date.
"""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner

from lossproof.cli import app
from lossproof.codecs import CODECS
from lossproof.codecs.codec import CodecClass
from lossproof.console.details import setting_lines
from lossproof.console.inventory import codec_lines

FOLDER = Path(__file__).parent
MADE = "<!-- Made by `make help-pages`; do not edit. -->\n"
CODECS_INTRODUCTION = """
`--codec NAME` measures a codec at its ladder, `--codec NAME:SETTING=VALUE,...` with other settings,
and `--levels` at other levels. Codecs run in memory, by the libraries that `lossproof codecs NAME`
tells with their versions; these are part of a result's identity, because other versions may make
other bytes. Adding one is [a file and a line](guides/add-a-codec.md).

`source` is the dataset's own file and is part of every sweep. Codecs for clips take pictures too
and code each as one frame.
"""
CODECS_PICTURE = """
## Rate and quality

PSNR and SSIM against bits per pixel, means over the four colour photographs that scikit-image
carries (astronaut, chelsea, coffee, rocket), as `lossproof codecs --curves FOLDER` drew them. How
pictures look to a model is another question; that is what sweeps are for. JPEG, WebP and AVIF keep
colour at half the resolution unless told otherwise, which bounds their PSNR: the point `yuv420`
shows by how much.

![PSNR and SSIM against bits per pixel for every codec](pictures/codecs.png)
"""


def main() -> None:
    """Write the pages beside this file."""
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def pages() -> Mapping[str, str]:
    """The pages' texts by their file names."""
    return {"command_line.md": command_line(), "codecs.md": codecs()}


def command_line() -> str:
    """The help of every command, as printed on a terminal of 80 columns."""
    parts = [MADE, "# Command line\n"]
    for words in _commands(typer.main.get_command(app)):
        parts += [f"## {' '.join(('lossproof', *words))}\n", f"```text\n{_help(words)}```\n"]
    return "\n".join(parts)


def _commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield words
    for name, sub in getattr(command, "commands", {}).items():
        yield from _commands(sub, (*words, name))


def _help(words: tuple[str, ...]) -> str:
    variables = {"COLUMNS": "80", "TERMINAL_WIDTH": "80"}
    answer = CliRunner(env=variables).invoke(app, [*words, "--help"], prog_name="lossproof")
    if answer.exit_code != 0:
        raise RuntimeError(f"lossproof {' '.join(words)} --help failed: {answer.output}")
    return "".join(f"{line.rstrip()}\n" for line in answer.output.strip().splitlines())


def codecs() -> str:
    """The table of codecs, then what each says of itself, and its settings."""
    headings, lines = codec_lines()
    table = [_row(headings), _row(["---"] * len(headings)), *map(_row, lines)]
    about = [_about(codec) for codec in CODECS if codec.name != "source"]
    return "\n".join(
        [MADE, "# Codecs", CODECS_INTRODUCTION, *table, "", *about, CODECS_PICTURE.strip(), ""]
    )


def _about(codec: CodecClass) -> str:
    settings = [f"- `{line}`" for line in setting_lines(codec)]
    return "\n".join([f"## {codec.name}\n", f"{inspect.getdoc(codec)}\n", *settings, ""])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
