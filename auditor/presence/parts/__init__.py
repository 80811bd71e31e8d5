"""A fix part by part, held against the files of a commit.

`place` finds its files there, and what stands in them as before the fix, or, by `older`, as before what that was made
on; `standing` tells whether lines are as the fix left them, as before it, or neither. Of one hunk `fix_parts` tells
what it did and what is left of that, `out_since` which step of the branch took it out. `extent` says how much is out.
"""
