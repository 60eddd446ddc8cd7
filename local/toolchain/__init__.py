"""What this machine must have: one module per tool, each of which finds it or installs it."""
