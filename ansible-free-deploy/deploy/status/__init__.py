"""How the host is and what a person sees of it. Nothing here changes the host."""
