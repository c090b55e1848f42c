"""Earlier tickets that a new one likely repeats, by words, names in code, meaning, time and requester."""
