"""What took a fix, or a part of it, out of a branch.

- It says so, or makes the inverse change, and none came after it that brought the fix again: `events`; of a revert of
  several commits, `together`.
- It put a part back in one step, or deleted lines of it (`straight`), or `mostly`, as `put_back` and `deleted` tell; or
  the whole fix (`cut_out`); or a file that the fix had added (`removed_files`); or it moved the code that the fix
  mends elsewhere without it (`moved_without`, by what `unmended` finds).
- All lines stand, and are out of force: the file was `put_aside` or `hollowed`, a part `switched_off`, a switch
  `set_otherwise`, a version `set_lower`, a condition `turned_round`, or what it guards left out (`lets_pass`).
- It is a merge that kept another side's lines (`one_side`), a whole file (`kept_file`), or all (`let_nothing_in`),
  though that side has the `ground` for the fix; or that brought a file back whose code the branch had moved, where it
  is unmended (`brought_back`). Merges that lost whole fixes are in `presence.dropped`.
"""
