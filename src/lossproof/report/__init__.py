"""Reports: rows of numbers with their intervals, as tables, files and figures."""
