"""Tests of qa-bot: what the program promises."""
