"""What explains that a part of a fix stands as before it, though nobody took the fix out."""
