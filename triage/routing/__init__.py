"""Who may have a ticket, and who gets it: presence, skills, room, fairness, the admin's word.

``assign`` (one ticket) tells the story. What the history knows of people comes in as affinity, and
``features.backlog`` solves many tickets at once.
"""
