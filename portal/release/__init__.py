"""How the portal is released: its files gathered, its headers composed, both sent to Firebase Hosting."""
