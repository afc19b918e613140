"""The documentation is followed word for word, and what it names exists.

How a page is read (``pages.py``), and so how it must be written:

- "`some/file.py`:" alone on a line, then a block: the block is that file's content.
- The same before a ``diff`` block: the lines with a plus go where the lines without one stand.
  ``@@`` alone on a line parts two places of one file.
- A ``console`` block: each line that starts with ``$`` is run, and what follows is what it prints.
  ``...`` stands for anything, within a line or for whole lines. Progress bars are not shown.
- Any other block is only shown.
"""
