"""The running stand-ins for Google: ingress, eventarc, scheduler, hosting, REST APIs, Firestore's proxies."""
