"""The paper's tables beside ours."""

from lossproof.report.page.contents import Contents
from lossproof.report.page.html import details, section, table, text, traced_table
from lossproof.report.paper_tables import comparing
from lossproof.report.tables import Traced, table_of

_HOW = (
    "95% intervals in brackets; the paper gives none. Drop: of the score at the best level before "
    "retraining. Recovery: how much of the loss at the same level comes back, told only where a "
    "loss is sure. Gain: how much better it became, of the larger value. Networks and data differ "
    "from the paper's where the titles say so."
)


def paper_section(contents: Contents) -> str:
    """Tables that have a counterpart here, then those that have none, folded away."""
    tables = comparing(contents.compared)
    ours = [one for one in tables if one.ours]
    theirs = [one for one in tables if not one.ours]
    shown = [
        traced_table(Traced(table_of(part.columns), part.cells), caption=part.title)
        for one in ours
        for part in one.parts()
    ]
    rest = [
        table(table_of(part.columns), caption=part.title) for one in theirs for part in one.parts()
    ]
    none = [] if ours else [text("p", "This store has no studies to put beside the paper's.")]
    folded = [details("Tables of the paper that have no counterpart here", *rest)] if rest else []
    return section(
        "paper", "The paper's tables beside ours", text("p", _HOW), *none, *shown, *folded
    )
