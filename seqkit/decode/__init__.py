"""Text out of a model: `sampling` draws it, `beam` searches for the likeliest.

Both take a step function (see `step`) and know no model; `filters` says which tokens may follow.
"""
