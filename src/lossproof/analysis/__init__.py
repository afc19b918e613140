"""Analysis: arrays to numbers. Pure functions that know no files and no models."""
