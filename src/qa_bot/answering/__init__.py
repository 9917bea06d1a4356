"""A question -> an answer of quotes, one stage a module."""
