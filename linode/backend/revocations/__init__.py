"""What was taken away stays taken away when the database is restored: accounts, rights, tokens, consent."""
