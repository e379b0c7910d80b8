"""What else is asked of an estimate: an unknown solved for, what it is sensitive to, what changed."""
