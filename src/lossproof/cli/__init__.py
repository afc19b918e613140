"""The command line: parse, call, print."""

from lossproof.cli import showing, measuring, finding, training  # noqa: I001 - help lists commands in this order
from lossproof.cli import exploring, listing
from lossproof.cli.app import app, main

__all__ = ["app", "exploring", "finding", "listing", "main", "measuring", "showing", "training"]
