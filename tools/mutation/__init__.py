"""Changes one thing of the Pulumi program at a time and looks whether a test notices: `make mutate`."""
