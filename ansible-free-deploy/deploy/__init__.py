"""How Django reaches its host.

Imports go down only: tasks → status → release → backup, provision → remote. The contract in `.importlinter`
beside this package holds it.
"""
