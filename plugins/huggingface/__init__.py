"""Networks read from a Hugging Face config.json."""
