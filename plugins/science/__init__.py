"""Networks of the sciences: proteins, molecules, graphs, points in space."""
