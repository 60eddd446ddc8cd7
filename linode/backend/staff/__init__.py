"""Who may use the admin: log-in, its limits, the second factor, and how long a session lasts."""
