"""What every API has: routing, checks, permissions, errors, operations, pages, masks and etags."""
