"""What explains that a part of a fix stands as before it, though nobody took the fix out.

It is text for people (`prose`), or differs but in white space (`spacing`), or does nothing (`idle`: imports, comments);
the old lines stand by `chance`; main wrote it anew itself (`from_main`); it is in another place (`moved_away`); or the
branch went on from it (`reworked`): what it brought is `called` in other lines, `needed` no more, went with all that
`held` it, or was `given_up` for itself.
"""
