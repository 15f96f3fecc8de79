"""How data come in: a reader for each format, without request or table; what it gives is in `records`."""
