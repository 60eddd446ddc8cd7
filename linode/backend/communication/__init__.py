"""E-mail from staff to members."""
