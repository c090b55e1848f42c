import numpy as np

from features.link_memory import LinkMemory
from features.link_recall import Link
from training.knowledge.growing import GrowingMemory

EAST = np.array([1.0, 0.0], dtype=np.float32)
LINKS = [Link("T-1", "a", 5.0), Link("T-2", "b", 1.0), Link("T-2", "a", 3.0, dismissed=True)]


def test_each_moment_sees_the_links_known_by_then():
    whole = LinkMemory.build(["T-1", "T-2"], np.stack([EAST, EAST]), LINKS)
    growing = GrowingMemory(whole)
    assert [len(growing.until(moment)) for moment in (0.0, 1.0, 4.0, 9.0)] == [0, 1, 2, 3]
    end = growing.until(10.0)
    for moment in (9.0, np.inf):
        grown, full = end.recall("", EAST, moment), whole.recall("", EAST, moment)
        by_name = [
            dict(zip(one.article_numbers, two.links, strict=True))
            for one, two in ((end, grown), (whole, full))
        ]
        assert by_name[0] == by_name[1]
