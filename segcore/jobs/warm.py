"""What the forkserver imports once, so that every worker it forks has it already."""

from segcore.jobs import worker

worker.load()
