from training.cost import CostMeter


def test_time_and_memory_are_counted_from_the_start():
    meter = CostMeter()
    sum(number * number for number in range(1_000_000))
    first, later = meter.read(), meter.read()
    assert set(first) == {"seconds", "processor_seconds", "peak_memory_bytes"}
    assert 0 <= first["seconds"] <= later["seconds"]
    assert 2**20 < first["peak_memory_bytes"] <= later["peak_memory_bytes"]
