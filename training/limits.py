"""What a model cannot do, in sentences for the pages about it. The same for every helpdesk."""

__all__ = ["CARD_LIMITS", "EVALUATION_LIMITS", "MODEL_LIMITS"]

MODEL_LIMITS = (
    "It proposes values for new tickets of the helpdesk whose history it learnt from; it knows nothing of "
    "other helpdesks.",
    "It knows only the labels of that history. A label that is new since then is never predicted until it is "
    "trained again.",
    "A label without threshold is never applied, whatever the confidence: held-out tickets gave no proof "
    "that the promise would be kept. It may be suggested.",
    "Right means: as people filed past tickets in the end. Where they misfiled, it learnt that, and is "
    "measured against that.",
    "It reads subject, body and form fields as they were at filing, and no attachments or pictures. Its "
    "sense of meaning was trained on English; tickets in other languages rest on their words.",
)

CARD_LIMITS = (
    "The thresholds were solved on the same held-out tickets that are counted here, with a bound for the "
    "finite number of them. The command triage evaluate, given later tickets, is the independent check.",
    "It abstains on tickets unlike any it learnt from and on tickets that say nothing; guardrails and the "
    "policy may hold back more. In service it therefore applies rather less than stands here.",
)

EVALUATION_LIMITS = (
    "A policy that holds values back was left out: in service no more is applied than here, often less.",
    "Null bands take tickets as independent of each other. One incident that many people report is a real "
    "change and leaves the band; look again at the next tickets before you act on it.",
    "Where people saw a proposal before they filed the ticket, they may have followed it: then these figures "
    "flatter.",
)
