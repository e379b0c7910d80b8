"""A dataset's published figures held against its own facts and notes."""
