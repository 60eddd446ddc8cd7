"""The tools that this machine needs: one module for each, which finds the tool or installs it."""
