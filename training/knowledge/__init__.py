"""Learning from which articles people used, and measuring how well they are found."""
