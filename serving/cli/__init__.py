"""The subcommands of ``triage`` that a server needs; one file a command."""
