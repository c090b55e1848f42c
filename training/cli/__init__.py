"""The subcommands of ``triage`` that need the training room; one file a command."""
