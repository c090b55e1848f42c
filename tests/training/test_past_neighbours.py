import numpy as np

from training.config import TrainingConfig
from training.past_neighbours import index_neighbours
from triage.ticket import PastTicket, Ticket


def test_similar_tickets_show_todays_names_of_labels_that_were_merged():
    history = [
        PastTicket(Ticket(f"T-{at}", "VPN drops"), {"category": label, "team": "wifi"})
        for at, label in enumerate(["wifi", "network", "phone"])
    ]
    config = TrainingConfig(merged={"category": {"wifi": "network"}}, neighbours=2)
    whole = TrainingConfig(merged={"category": {"wifi": "lan", "lan": "network"}})
    found, kept, _ = index_neighbours(history, np.eye(3, dtype=np.float32), True, config)
    assert kept.tolist() == [1, 2] and found.ticket_ids == ["T-1", "T-2"]
    found, _, _ = index_neighbours(history, np.eye(3, dtype=np.float32), True, whole)
    (nearest,) = found.similar(np.array([0]), np.array([1.0]))
    assert (nearest.ticket_id, nearest.labels) == ("T-0", {"category": "network", "team": "wifi"})
    assert history[0].labels["category"] == "wifi"
