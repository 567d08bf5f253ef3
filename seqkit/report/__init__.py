"""What a run looks like to people: `curves` draws it, `card` describes it, `terminal` prints it."""
