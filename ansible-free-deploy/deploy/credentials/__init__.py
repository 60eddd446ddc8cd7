"""What is secret in both halves: which there is, how each is made anew, and all of it at once."""
