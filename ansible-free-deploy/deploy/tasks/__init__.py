"""The commands that `fab --list` shows. They read options, call the rooms below and say what came of it."""
