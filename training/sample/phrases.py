"""Things that people write to any helpdesk, whatever it supports."""

VAGUE_SUBJECTS = (
    "Help",
    "Question",
    "Problem",
    "Issue",
    "Urgent!!",
    "Not working",
    "Quick question",
    "Same problem again",
    "Can someone call me?",
    "Still broken",
    "(no subject)",
    "Request",
)

VAGUE_BODIES = (
    "It's broken again.",
    "Same thing as last week. You know what I mean.",
    "It worked yesterday and today it doesn't. I have changed nothing.",
    "Can somebody call me please? Easier to explain on the phone.",
    "Nothing works.",
    "I clicked on the thing and now the other thing is gone.",
    "Please have a look, it does it again.",
    "See the screenshot. (I hope it is attached this time.)",
    "The usual. Third time this month.",
    "I get an error. I did not write it down, sorry.",
    "It's doing that thing again where it just sits there.",
    "As discussed in the corridor.",
)

IMPACT = {
    "low": (
        "It only affects me as far as I know.",
        "I can work around it for now.",
        "It's a small thing, but it bothers me every day.",
        "Nobody else seems to have it.",
        "Not a big deal.",
    ),
    "medium": (
        "I am not the only one who is waiting for this.",
        "Several of us are held up by this.",
        "It slows our whole group down.",
        "A few people have asked me about it already.",
    ),
    "high": (
        "Nobody here can work.",
        "The whole site is affected.",
        "Everything has stopped because of this.",
        "All of our people are hit, not just me.",
        "Customers are noticing already.",
    ),
}
"""How far a problem reaches, in a requester's words."""

URGENCY = {
    "low": (
        "No rush.",
        "Whenever you have a minute.",
        "Can wait until next week.",
        "Nothing urgent, just so that you know.",
    ),
    "medium": (
        "It would be good to have it sorted in the next days.",
        "Could you look at it today or tomorrow?",
        "I would like to have this before the end of the week.",
    ),
    "high": (
        "I need this within the hour.",
        "This can't wait, please call me.",
        "We have a deadline today!",
        "Please treat this as urgent.",
        "I have people waiting in front of me right now.",
    ),
}
"""How soon it must be solved, in a requester's words."""

CHATTER = (
    "I hope you all had a good weekend.",
    "I'm no expert in these things, as you know by now.",
    "My colleague said I should just switch it off and on again, which of course I did.",
    "Sorry to bother you with this, I'm sure you have bigger fish to fry.",
    "I was just about to make a cup of tea when it happened.",
    "By the way, thanks for the help last time, that worked a treat.",
    "I have looked in the help pages, but I may have looked in the wrong place.",
)

RANTS = (
    "This is the second time that I report this.",
    "I really can't believe this is still not fixed.",
    "I have better things to do than write tickets all day.",
    "Every week it is something else.",
    "Please don't just close this one like the last one.",
)

JOINERS = (
    "Also, while I'm writing:",
    "And one more thing.",
    "Another problem, maybe related, maybe not:",
    "Oh, and since you're at it:",
    "PS:",
)
"""What stands between two problems in one ticket."""

FORWARD_NOTES = (
    "Can someone look at this? See below.",
    "FYI, this landed in my mailbox, I think it is yours.",
    "Please see the mail below and answer directly.",
    "Forwarding this for a colleague who has no access.",
    "Not sure who takes care of this, please pass it on.",
)

EARLIER_ANSWERS = (
    "Your request has been closed. If the problem comes back, simply answer this mail.",
    "Thank you for your message. We have looked into it and believe that it works again.",
    "Could you tell us a little more? A screenshot would help.",
    "We are waiting for your answer and will close this request in three days.",
)

DISCLAIMER = (
    "This message and its attachments are meant for the addressee only. "
    "If it reached you by mistake, please tell the sender and delete it."
)
