"""What lines of text tell of a change: pure functions, no repository.

- Of any text: `lines` and their hunks, `places` of lines in a later text, `inserted` lines, `deletions`, `wording` (the
  same in other words), `numbers`, `kinds` of files by their names, `heads` (what is a text's own, and what many have).
- Of code: `parts` (of what a hunk did, that which tells), `functions` and `siblings` (where lines stand), `comments`,
  `conditions`, `bindings` (names), `calls`, `acting` (imports), `renamed` (the same done under other names), `chance`
  (what old lines that stand again tell).
- Of what is there, and not in force: `off`, by `remarks` (comments of many lines), what is `never` met, `unreached`, or
  `shadowed`; `switches`, `guards` that let all pass, conditions `turned` round.
"""
