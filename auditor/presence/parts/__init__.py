"""A fix part by part, held against the files of a commit."""
