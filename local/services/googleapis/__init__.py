"""The few REST APIs of Google that the running system calls: one module for each."""
