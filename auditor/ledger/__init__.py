"""The ledger: every run, recorded once and never changed.

Rows are only ever added. A run is a row when it begins and another when it ends, so one that died is seen to have
no end. Each of these two events is a link of one chain of hashes; what a repository came to is kept under the hash
of its content, once, however many nights it stays the same.
"""
