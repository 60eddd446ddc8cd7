"""How fast the sync is, against the algorithm that it replaces and the most that its parts can give."""
