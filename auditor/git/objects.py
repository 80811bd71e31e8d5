"""The numbers of git's kinds of objects, and the tree that is empty."""

COMMIT, TREE, BLOB, TAG = 1, 2, 3, 4
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
