"""From a request to the objects that answer it: one module for each group of functions."""
