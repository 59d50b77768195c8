"""Storage: what is kept on disk, how it is written so that nothing is lost, and what goes when room is needed."""
