from dataclasses import replace

import pytest

from serving.plain_words import because, grounds_of, hinge_of, percent, reason_of
from triage.decision import Action, FieldDecision, Lifted, Reason
from triage.prediction import Contribution, Deletion, Explanation, Vote, Voter


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0 %"), (0.004, "<1 %"), (0.61, "61 %"), (0.994, "99 %"), (0.996, ">99 %"), (1, "100 %")],
)
def test_percentages_do_not_round_certainty_into_being(share: float, said: str):
    assert percent(share) == said


def decided(action: str, reason: str | None, confidence: float | None = 0.61, threshold: float | None = 0.74):
    return FieldDecision("team", "desk", confidence, threshold, Action(action), reason)


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (decided("suggest", "low_confidence"), "Not sure enough: 61 %, needs 74 %."),
        (decided("apply", None, 0.9), "Sure enough: 90 %, needs 74 %."),
        (decided("suggest", "guardrail:security_report"), "Held back by the guardrail “security report”."),
        (
            decided("suggest", "low_confidence", threshold=None),
            "61 % sure; this label was never reliable enough to be applied by itself.",
        ),
        (
            decided("abstain", "low_confidence", threshold=None),
            "61 % sure: past tickets do not teach this well enough to suggest it.",
        ),
        (decided("abstain", "human_value_present"), "A person has already set it."),
        (decided("suggest", None, 0.9), "Sure enough to apply; the policy lets this field only suggest."),
    ],
)
def test_a_reason_is_a_sentence(decision: FieldDecision, said: str):
    assert reason_of(decision) == said


@pytest.mark.parametrize("reason", list(Reason))
@pytest.mark.parametrize("threshold", [None, 0.74])
def test_every_reason_code_has_its_words(reason: Reason, threshold: float | None):
    assert reason_of(decided("abstain", reason.value, threshold=threshold)).endswith(".")


BIAS = ("bias", "the model's starting point")
MEANING = ("meaning", "the text as a whole")
PAST = ("neighbours", "similar past tickets")


def votes(ours: int, theirs: int) -> tuple[Vote, ...]:
    return tuple(
        Vote(label, tuple(Voter(f"{label}-{place}", 0.9, 0.05) for place in range(count)))
        for label, count in (("net", ours), ("acc", theirs))
    )


def explained(*parts: tuple[str, str, float], voted=(), voters=0, total=None, against="acc") -> Explanation:
    found = tuple(Contribution(*one) for one in parts)
    total = sum(one.weight for one in found) if total is None else total
    return Explanation("team", "net", (), against, total, found, voted, voters)


NET = FieldDecision("team", "net", 0.62, 0.8, Action.ABSTAIN, "low_confidence", (("net", 0.62), ("acc", 0.3)))
NAMES = {"net": "Network", "acc": "Accounts"}


@pytest.mark.parametrize(
    ("explanation", "said"),
    [
        pytest.param(
            explained(
                ("word", "vpn", 2.0), ("word", "disconnects", 1.0), (*PAST, 1.5), voted=votes(9, 0), voters=12
            ),
            "Network rather than Accounts: the words “vpn”, “disconnects” and 9 of the 12 most similar past "
            "tickets speak for it.",
            id="words and votes",
        ),
        pytest.param(
            explained(("word", "vpn", 2.0), ("word", "password", -0.9), (*MEANING, -0.5)),
            "Network rather than Accounts: the word “vpn” speaks for it; the word “password” and the text as "
            "a whole speak against it.",
            id="doubts are named",
        ),
        pytest.param(
            explained((*PAST, 1.5), voted=votes(9, 3), voters=20),
            "Network rather than Accounts: 9 of the 20 most similar past tickets (against 3) speak for it.",
            id="the vote alone",
        ),
        pytest.param(
            explained((*PAST, 0.5), voted=votes(2, 3), voters=20),
            "Network rather than Accounts: the nearest past ticket speaks for it.",
            id="fewer but nearer votes are not counted out",
        ),
        pytest.param(
            explained((*MEANING, 2.0), (*PAST, -0.5), voted=votes(1, 4), voters=6),
            "Network rather than Accounts: the text as a whole speaks for it; 4 of the 6 most similar past "
            "tickets (against 1) speak against it.",
            id="votes against",
        ),
        pytest.param(
            explained(("field", "channel=email", 1.0), (*BIAS, 0.8)),
            "Network rather than Accounts: “channel: email” and the model's starting point speak for it.",
            id="no text",
        ),
        pytest.param(
            explained((*PAST[:1], "the vote of past tickets", 1.0)),
            "Network rather than Accounts: the vote of past tickets speaks for it.",
            id="votes without text are not counted",
        ),
        pytest.param(
            explained(("word", "vpn", 1.0), ("word", "a", -0.999)),
            "Network and Accounts are equally likely.",
            id="a draw",
        ),
        pytest.param(
            explained(("word", "vpn", 3.0), ("word", "?!", 9.0), ("word", "the", 0.02)),
            "Network rather than Accounts: the word “vpn” speaks for it.",
            id="neither marks nor trifles",
        ),
        pytest.param(
            explained(("word", "!", 1.0)),
            "Network is likelier than Accounts; no single part of the ticket decides it.",
            id="nothing to name",
        ),
        pytest.param(Explanation("team", "net", ()), "", id="unknown"),
    ],
)
def test_the_grounds_are_a_sentence_that_says_what_the_numbers_say(explanation: Explanation, said: str):
    assert grounds_of(NET, explanation, NAMES) == said


def test_a_label_without_a_rival_is_called_the_only_one():
    alone = FieldDecision("team", "net", 1.0, 0.8, Action.APPLY, None, (("net", 1.0),))
    assert because(alone, Explanation("team", "net", ()), NAMES) == (
        "Network is the only label that was learnt. Sure enough: 100 %, needs 80 %."
    )


def test_grounds_come_before_the_reason_with_its_threshold():
    assert because(NET, explained(("word", "vpn", 2.0))) == (
        "net rather than acc: the word “vpn” speaks for it. Not sure enough: 62 %, needs 80 %."
    )


@pytest.mark.parametrize("reason", [*map(str, Reason), "guardrail:security_report", None])
def test_every_reason_follows_the_grounds(reason: str | None):
    one = FieldDecision("team", "net", 0.6, 0.8, Action.ABSTAIN, reason, NET.top)
    said = because(one, explained(("word", "vpn", 2.0)))
    if reason == "human_value_present":
        # The model's reasons are not the person's.
        assert said == "A person has already set it. The model by itself would say net."
    else:
        assert said.endswith(f"for it. {reason_of(one)}")


@pytest.mark.parametrize(
    ("text", "label", "confidence", "said"),
    [
        ("vpn", "net", 0.41, "Without “vpn”: 41 % sure."),
        ("vpn", "acc", 0.2, "Without “vpn”: 20 % sure, and Accounts likelier."),
        ("vpn", "net", 0.58, ""),
        ("word " * 40, "net", 0.1, f"Without “{'word ' * 20}…”: 10 % sure."),
    ],
)
def test_what_a_decision_hangs_on_is_told_where_it_counts(
    text: str, label: str, confidence: float, said: str
):
    tried = (Deletion("word", "the", "net", 0.62, 0.0), Deletion("word", text, label, confidence, 1.0))
    explanation = replace(explained(("word", "vpn", 2.0)), deletions=tried)
    assert hinge_of(NET, explanation, NAMES) == said
    assert said in because(NET, explanation, NAMES)
    assert hinge_of(replace(NET, value="acc"), explanation, NAMES) == ""


def test_a_priority_tells_its_matrix_and_the_rule_that_raised_it():
    one = FieldDecision(
        "priority",
        "high",
        0.7,
        0.6,
        Action.APPLY,
        None,
        (("normal", 0.7), ("low", 0.3)),
        basis="impact high × urgency low → normal, by the matrix",
        lifted=Lifted("gold customers", "normal", "high"),
    )
    assert because(one, Explanation("priority", "normal", ())) == (
        "Impact high × urgency low → normal, by the matrix. Raised from normal to high by the rule “gold "
        "customers”. Sure enough: 70 %, needs 60 %."
    )


def flagged(action: str, reason: str | None):
    top = (("laptops", 0.978), ("security", 0.013))
    return FieldDecision("category", "security", 0.013, 0.67, Action(action), reason, top)


def test_a_label_that_must_not_be_missed_is_told_beside_the_likeliest():
    parts = (Contribution("word", "laptop", 2.0),)
    explained = Explanation("category", "laptops", (), "security", 4.3, parts)
    assert because(flagged("suggest", "low_confidence"), explained) == (
        "laptops rather than security: the word “laptop” speaks for it. The likeliest is laptops, 98 %; "
        "shown because security must not be missed (1 %)."
    )
    named = reason_of(flagged("suggest", "low_confidence"), {"security": "Security incident"})
    assert "because Security incident must not be missed" in named


@pytest.mark.parametrize(
    ("action", "reason", "said"),
    [
        ("suggest", "never_automate", "must not be missed (1 %). The policy never lets this label"),
        ("abstain", "unfamiliar", "98 %; security must not be missed (1 %). Unlike any ticket"),
    ],
)
def test_what_else_holds_a_flagged_ticket_back_is_told_too(action: str, reason: str, said: str):
    assert said in reason_of(flagged(action, reason))


def test_a_persons_value_a_lifted_priority_and_a_chosen_agent_were_not_flagged():
    one = flagged("abstain", "human_value_present")
    assert reason_of(one) == "A person has already set it."
    assert "missed" not in reason_of(replace(flagged("apply", None), field="assignee"))
    assert "missed" not in reason_of(replace(flagged("apply", None), lifted=Lifted("vip", "low", "high")))
