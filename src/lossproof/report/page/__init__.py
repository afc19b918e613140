"""The report page: one HTML file that needs nothing else, a file for each of its sections."""
