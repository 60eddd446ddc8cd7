"""The sync between Firestore and Django: one path, `reconcile`, whoever asks for it."""
