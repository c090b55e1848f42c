"""The JSON that goes in and out. Inputs refuse what they do not know; outputs have no defaults."""
