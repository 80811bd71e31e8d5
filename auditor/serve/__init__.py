"""The exporter: what runs it keeps, when it scans, what it answers over HTTP, and to whom."""
