"""Commits that say to be a fix: what they say, and how much of it they hold.

Who does: `claimants` (by ids, origins and dates), `by_title` (as `titles` and `bodies` read messages), `change_ids`.
What each of them says is a `claim`. How much it holds: `likeness`, of which `aside` leaves out what tells nothing, and
`within_lines` counts what was done within other lines; what was committed with `conflicts` counts as it was resolved.
"""
