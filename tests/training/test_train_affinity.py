from features.affinity.model import AffinityModel
from triage.bundle import AFFINITY


def test_a_bundle_carries_who_handles_what_where_the_history_says_so(trained):
    bundle = trained.bundle
    assert AFFINITY in bundle.manifest.files
    assert isinstance(bundle.affinity, AffinityModel) and bundle.affinity.learnt_from > 0
    assert len(bundle.affinity.axes.mean) == bundle.model.encoder.dimension
