"""Releases the portal: gathers its files, composes its headers, sends both to Firebase Hosting."""
