"""Branch Drift: audits whether hotfixes reached every environment branch."""

__version__ = "0.1.0"
