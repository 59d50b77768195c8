"""The background jobs: each reads its purchases from the store, runs one generator of the core, returns its result.

A task is named in a request (``segcore.tasks.data:read``), runs in a worker process and yields a Step after each
piece of work. Its arguments are digests and specs, so that the same question asked twice is the same job.
"""
