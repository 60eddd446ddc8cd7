"""What every function stands on: settings, logs, clients, kennitalas, and both ways to answer a caller.

Imports nothing of the other packages.
"""
