"""What operators do in Firestore, with their own Google identity."""
