"""The way back: merges that would end the drift, checked by the audit, and the pull requests that offer them."""
