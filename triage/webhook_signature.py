"""Signs what is sent to webhook endpoints as Standard Webhooks says, in three ``webhook-`` headers.

Endpoints' secrets are derived from the signing key, so that no table holds one. https://www.standardwebhooks.com
"""

import base64
import hashlib
import hmac
from datetime import datetime

__all__ = ["endpoint_secret", "signed_headers"]

PREFIX = "whsec_"


def endpoint_secret(key: bytes, endpoint_id: str) -> str:
    """Return the secret by which an endpoint verifies what it receives, ``whsec_`` and 32 bytes in base64.

    Parameters
    ----------
    key : bytes
        The signing key, see :func:`triage.signing.signing_key`: with another key it is another secret.
    endpoint_id : str
        Of the endpoint; one that is added anew has another secret.
    """
    raw = hmac.new(key, b"webhook endpoint\n" + endpoint_id.encode(), hashlib.sha256).digest()
    return PREFIX + base64.b64encode(raw).decode()


def signed_headers(secret: str, message_id: str, body: bytes, *, now: datetime) -> dict[str, str]:
    """Return the headers of a message.

    Parameters
    ----------
    secret : str
        Of the endpoint.
    message_id : str
        The same whenever the same message is sent: receivers tell repetitions by it.
    body : bytes
        Exactly what is sent.
    now : datetime
        With a zone; receivers refuse what is minutes old.
    """
    stamp = str(int(now.timestamp()))
    raw = base64.b64decode(secret.removeprefix(PREFIX))
    content = b".".join((message_id.encode(), stamp.encode(), body))
    signature = base64.b64encode(hmac.new(raw, content, hashlib.sha256).digest()).decode()
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{signature}",
    }
