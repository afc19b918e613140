"""The command line: parse, call, print."""

from lossproof.cli import measuring, training  # noqa: I001 - help lists commands in this order
from lossproof.cli import listing
from lossproof.cli.app import app, main

__all__ = ["app", "listing", "main", "measuring", "training"]
