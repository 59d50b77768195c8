"""What the pages share: the router, the study in the URL, cached results, job progress, widgets."""
