"""What a configuration may say, and what is wrong in one."""
