"""What is wrong with hardware YAML: shapes, names, rates, values and facts."""
