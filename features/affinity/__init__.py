"""Who is likely to be the right person for a ticket, learnt event by event."""
