"""What the program does at Google by itself, because Pulumi's provider cannot do it or does it with a gap.

Each command here is run by `pulumi up`, reads its settings as JSON on standard input, and can be repeated.
"""
