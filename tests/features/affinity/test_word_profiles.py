import numpy as np

from features.affinity.word_profiles import DAY_S, WordProfiles, hashed_words


def test_whose_tickets_have_the_words_scores_higher():
    profiles = WordProfiles(240)
    for day in range(5):
        profiles.add(hashed_words("kerberos ticket expired"), 0, day * DAY_S)
        profiles.add(hashed_words("toner is empty"), 1, day * DAY_S)
    scores = profiles.scores(hashed_words("kerberos expired again"), 5 * DAY_S, 3)
    assert scores.argmax() == 0
    assert scores[0] > 0 > scores[1]


def test_taking_back_leaves_the_scores_of_the_others():
    plain, corrected = WordProfiles(240), WordProfiles(240)
    words = hashed_words("kerberos ticket expired")
    for profiles in (plain, corrected):
        profiles.add(hashed_words("toner is empty"), 1, 0.0)
    corrected.add(words, 0, DAY_S)
    corrected.add(words, 0, DAY_S, -1.0)
    scores = [profiles.scores(hashed_words("toner"), DAY_S, 2) for profiles in (plain, corrected)]
    assert scores[0][1] > 0
    np.testing.assert_allclose(scores[1], scores[0], atol=1e-5)


def test_a_very_long_time_overflows_nothing():
    profiles = WordProfiles(1)
    words = hashed_words("kerberos ticket expired")
    profiles.add(words, 0, 0.0)
    profiles.add(words, 1, 500 * DAY_S)
    scores = profiles.scores(words, 500 * DAY_S, 2)
    assert np.isfinite(scores).all()
    assert scores.argmax() == 1


def test_words_are_hashed_without_case_or_order():
    assert hashed_words("VPN drops").tolist() == hashed_words("drops vpn VPN").tolist()
    assert len(hashed_words("a of")) == 0
