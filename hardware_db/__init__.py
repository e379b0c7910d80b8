"""The hardware database: one YAML file a vendor, families.yaml and systems.yaml."""
