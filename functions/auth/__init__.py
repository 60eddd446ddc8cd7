"""The login: an authorisation code of Kenni.is becomes a custom token of Firebase."""
