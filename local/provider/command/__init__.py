"""The provider that stands in for Pulumi's `command`."""
