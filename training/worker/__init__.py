"""Runs that were asked for over HTTP, done here: the queue, and what each kind of run does.

``worker`` takes runs from the store through the job queue, ``job`` does one and keeps its outcome,
``report`` keeps its progress; ``train_run`` and ``forecast_run`` are the work itself.
"""
