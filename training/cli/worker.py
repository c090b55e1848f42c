"""``triage worker``: does what was asked for, minds promises of time, watches for incidents."""

import typer

__all__ = ["app"]

app = typer.Typer()


@app.command()
def worker() -> None:
    """Do the trainings, forecasts and looks for gaps that were asked for, one after another, until stopped.

    Beside them it raises reminders, escalations and breaches of SLA policies, suspected incidents where
    look-alike tickets arrive together, and alerts of volume, and sends them to the webhook endpoints whose
    hosts $TRIAGE_WEBHOOK_HOSTS allows. Workspaces that were forecast before are forecast again every night;
    once a day goes what the policy keeps for a while only.

    Several workers may share a store. SIGTERM and Ctrl-C stop at once: a run that is at work then is begun
    again by the next worker, as it would be after a crash.
    """
    import logging
    import os
    import signal
    import sys
    import threading
    from datetime import UTC, datetime

    from features.forgotten_texts import forget_here
    from training.worker import capacity_watch, spike_watch
    from training.worker.chores import Chores, Every
    from training.worker.deliver import allowed_hosts, deliver_messages, open_client
    from training.worker.forecast_run import forecast_work
    from training.worker.gaps_run import gaps_work
    from training.worker.incident_tick import IncidentChore
    from training.worker.nightly import ask_for_nightly_forecasts
    from training.worker.retention import RetentionChore
    from training.worker.sla_tick import raise_due_events
    from training.worker.train_run import train_work
    from training.worker.worker import Worker
    from triage.home import home_folder, models_folder, store_url
    from triage.signing import signing_key
    from triage.store import open_store
    from triage.store.erasure_follower import ErasureFollower
    from triage.store.sealing_keys import check_keys

    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    logging.getLogger("training").setLevel(logging.INFO)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    store = open_store(store_url())
    try:
        check_keys(store)
    except BaseException:
        store.close()
        raise
    key, client, hosts = signing_key(), open_client(), allowed_hosts()
    works = {
        "train": train_work(store, models_folder(), key),
        "forecast": forecast_work(store),
        "gaps": gaps_work(store, home_folder()),
    }

    incidents = IncidentChore(store)

    def now() -> datetime:
        return datetime.now(UTC)

    erasures = ErasureFollower(store)
    cache = home_folder() / "cache" / "embeddings"
    Chores(
        [
            lambda: erasures.follow(lambda news: forget_here(cache, news)),
            lambda: raise_due_events(store, now=now()),
            lambda: incidents.look(now()),
            Every(spike_watch.EVERY, now, lambda at: spike_watch.look_at_volume(store, now=at)),
            Every(capacity_watch.EVERY, now, lambda at: capacity_watch.look_at_capacity(store, now=at)),
            lambda: ask_for_nightly_forecasts(store, now=now()),
            RetentionChore(store, key, now),
            lambda: deliver_messages(store, client, key, hosts=hosts, now=now),
        ]
    ).start(stop)
    Worker(store, works).run(stop)
    # A run may still be at work in its thread; it is not waited for.
    logging.shutdown()
    os._exit(0)
