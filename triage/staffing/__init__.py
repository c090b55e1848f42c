"""How many people it takes: queues of live contacts, deferred work, requirements, what a plan would do."""
