"""What helps with a ticket besides a decision: past solutions, articles, replies; and whether it did."""
