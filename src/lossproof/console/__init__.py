"""What the command line needs around the rooms: words to values, bars, lists, checks, the demo."""
