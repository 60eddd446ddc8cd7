"""What is known to be vulnerable of the pinned libraries and of the host: `make audit`.

`sources.py` lists what is asked about, a module for each tool says how, `arguments.toml` holds what is
accepted and until when, `verdict.py` judges, and `command.py` prints.
"""
