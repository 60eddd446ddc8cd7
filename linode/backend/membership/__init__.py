"""The register of members: who they are, how to reach them, and the pages on which staff keep it."""
