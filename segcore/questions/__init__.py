"""What pages, notebooks and scripts may ask of a background job: one frozen, typed record a question.

Each says in words what is being done, about how long it takes, and does the work from digests and specs, so that the
same question asked twice is the same job. Light to import: the work imports what it needs inside.
"""
