"""The long proofs: `make proof` runs them, `make test` runs a sample of each."""
