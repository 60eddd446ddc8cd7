"""The one-machine world: the production program with real parts behind it."""
