"""How a history comes to its priorities: the matrix in it, the order of its scales, and which to trust."""
