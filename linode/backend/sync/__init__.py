"""The host's half of the sync: captures changes, decides by three-way merge, answers the cloud's calls."""
