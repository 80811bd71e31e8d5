"""The evidence pack: one run as an archive that is checked without the ledger, the configuration or this machine.

Everything in it is made of the run's rows in the ledger (`ledger.jsonl`), which the ledger's chain of hashes
vouches for; so a verifier makes it again and compares.
"""
