"""Comments and replies under a proposal."""
