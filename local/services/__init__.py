"""The running stand-ins for Google: ingress, eventarc, scheduler, hosting, REST end points, doors."""
