"""The sync between Firestore and Django. All callers use one path, `reconcile`."""
