"""Pictures of predictions, for people to look at."""
