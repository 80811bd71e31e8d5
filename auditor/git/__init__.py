"""Everything that touches a repository.

- Where it comes from: `source`, a folder or a `mirror` of a `remote`; `store` opens it, `refs` has its branches and
  tags; `process` runs git, in a `session` that `keeper` ends.
- Its commits: `history` is their graph, as `commits` and `trailers` read them; `ancestry`, `below`, `births` and
  `versions` ask it. What they change: `changes`; and what a merge has of its own: `merges`.
- Its files: all is asked of `content.Content`, to which each file adds what goes beyond the one before. `trees` has
  what stands at a path (`raw_tree`: as it was written); `alike` and `renames` where a file went, by `sketches` of its
  lines; `identity` whether two changes are one; `marks` what a text shows of a change at a glance; `replays` what git
  would make of the change there; `blocks` whether it stands elsewhere; `old_lines` what is as before it; `content` what
  is in other words, by chance, or older still. What they keep is `bounded`.
- Merges that are made: `bench`, held against git's own by `merge_tree`.
"""
