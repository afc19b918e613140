"""One visible training loop per family of networks."""
