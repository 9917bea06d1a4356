"""A question set -> measures of how good the answers are."""
