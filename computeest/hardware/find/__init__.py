"""From how papers spell chips to chips of the database, and how many."""
