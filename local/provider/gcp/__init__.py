"""The provider that stands in for Pulumi's `gcp`: a module per Google service."""
