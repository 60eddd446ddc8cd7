"""What the user who deploys may have done as root: a fixed vocabulary, and nothing beside it.

`sudo ekklesia-host VERB` is all that this user's sudo allows. `vocabulary.json` lists the verbs and the form
of each argument; Fabric's tasks, sudo's rules and this program all read it. The arguments are the first line
of standard input, as JSON, because sudo writes command lines to the log and a process list shows them.

Runs with the system's own Python (3.6 or newer) and nothing beside its standard library. No argument is a
path, a command or an option. What the user who deploys can write (releases, journals, locks) is never run as
root: it runs as the site's user, or as the one who deploys.
"""
