"""What assigning would have done: past weeks lived again with given agents, shifts and caps."""
