"""The paper's tables beside ours."""

from lossproof.report.page.contents import Contents
from lossproof.report.page.html import details, section, table, text, traced_table
from lossproof.report.paper_tables import comparing
from lossproof.report.tables import Traced, table_of

HOW_BESIDE = (
    "95% intervals in brackets; the paper gives none. Drop: of the score at the best level before "
    "retraining. Recovery: how much of the loss at the same level comes back, told only where a "
    "loss is sure. Gain: how much better it became, of the larger value. Networks and data differ "
    "from the paper's where the titles say so."
)
NO_COUNTERPARTS = "There are no studies in this store to put beside the paper's."


def paper_section(contents: Contents) -> str:
    """Tables that have a counterpart here, then those that have none, folded away; nothing where
    none has one."""
    tables = comparing(contents.compared)
    ours = [one for one in tables if one.ours]
    theirs = [one for one in tables if not one.ours]
    if not ours:
        return ""
    shown = [
        traced_table(Traced(table_of(part.columns), part.cells), caption=part.title)
        for one in ours
        for part in one.parts()
    ]
    rest = [
        table(table_of(part.columns), caption=part.title) for one in theirs for part in one.parts()
    ]
    folded = [details("Tables of the paper that have no counterpart here", *rest)] if rest else []
    body = [text("p", HOW_BESIDE), *shown, *folded]
    return section("paper", "The paper's tables beside ours", *body)
