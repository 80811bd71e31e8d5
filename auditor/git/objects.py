"""What git calls its kinds of objects, by number, and the ones that are empty."""

COMMIT, TREE, BLOB, TAG = 1, 2, 3, 4
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
