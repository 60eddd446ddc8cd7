"""The demo register: invented members, the same ones every time."""
