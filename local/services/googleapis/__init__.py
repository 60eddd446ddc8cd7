"""The few REST APIs of Google that running parts of the system call, a module per API."""
