"""How each forge answers: one shape a file, over one world that they all show."""
