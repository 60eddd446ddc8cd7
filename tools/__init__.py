"""What developers run over the repository itself: its checkers and formatters. Nothing here is deployed."""
