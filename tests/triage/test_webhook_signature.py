from datetime import UTC, datetime

from triage.webhook_signature import endpoint_secret, signed_headers


def test_the_signature_is_that_of_the_standard():
    # The example of the Standard Webhooks specification and of its reference libraries.
    headers = signed_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
        now=datetime.fromtimestamp(1614265330, UTC),
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"


def test_secrets_follow_from_key_and_endpoint():
    first = endpoint_secret(b"k" * 32, "a")
    assert first == endpoint_secret(b"k" * 32, "a")
    assert len({first, endpoint_secret(b"k" * 32, "b"), endpoint_secret(b"l" * 32, "a")}) == 3
