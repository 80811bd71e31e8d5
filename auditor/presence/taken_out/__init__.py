"""What took a fix, or a part of it, out of a branch."""
