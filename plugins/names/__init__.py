"""What libraries call networks."""
