"""The console: the product's web pages, on the same functions as the HTTP API. Holds no logic of its own."""
