"""The built-in methods: three ways to reach the training compute."""
