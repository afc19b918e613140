"""``python -m lossproof`` is ``lossproof``."""

from lossproof.cli import main

main()
