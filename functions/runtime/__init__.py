"""What every function stands on: settings, logs, clients, and the two ways of answering a caller."""
