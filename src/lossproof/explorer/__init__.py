"""The live page: a picture or clip through a codec, what a model says of it, and what it costs."""
