"""One file a resource: parse, call one function, declare the errors."""
