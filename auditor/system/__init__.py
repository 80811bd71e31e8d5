"""What the operating system is asked for: locks, whole files, streams, a folder for a moment."""
