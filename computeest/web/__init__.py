"""The browser's side: a report in one file, a local web application, and its JSON API."""
