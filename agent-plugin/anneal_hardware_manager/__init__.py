"""Hardware manager of Anneal for ironic-python-agent."""
