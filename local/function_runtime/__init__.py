"""What runs behind Cloud Functions, Cloud Run and Eventarc: builds, revisions, triggers.

`local/google/` has these APIs' front ends, which check and record; they call this to build a source, to start
a revision as a process, to move traffic, and to let events come.
"""
