"""From facts to one answer with its spread: assumptions, plans, methods, base models."""
