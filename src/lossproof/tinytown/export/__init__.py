"""The world written in the official layouts of other datasets, so that any tool can read it."""

from lossproof.tinytown.export.writing import LAYOUTS, Layout, export

__all__ = ["LAYOUTS", "Layout", "export"]
