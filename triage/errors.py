"""The one error tree. Every message says what was given, what was expected and what to do.

::

    TriageError
    ├── InputError            a person's or a program's input cannot be used
    │   ├── HistoryError      a history, article, link, agent or volume table cannot be read
    │   └── TicketError       one ticket cannot be decided as given
    ├── ConfigurationError    a setting or configuration file has a wrong value
    ├── NotFoundError         the named thing does not exist (in this workspace)
    ├── ConflictError         the request contradicts what is already stored
    ├── AccessError           the caller is not who they must be
    │   ├── UnauthenticatedError   no valid key, token or password
    │   └── ForbiddenError         a known caller without the role
    ├── TooManyRequestsError  the caller asks too often, or guessed too often: slow down
    ├── UnavailableError      something needed is not there now: try again later
    │   ├── NoModelError      no model is promoted in this workspace
    │   └── SealError         what is stored encrypted cannot be opened with the keys that are here
    ├── BundleError           a bundle or encoder cannot be trusted or used
    │   ├── SignatureError    its bytes are not the ones that were signed
    │   └── IncompatibleBundleError   it was made by a version that this one cannot read
    ├── BackupError           a backup cannot be trusted or used
    └── TrainingError         nothing useful can be learnt from this history
"""

__all__ = [
    "AccessError",
    "BackupError",
    "BundleError",
    "ConfigurationError",
    "ConflictError",
    "ForbiddenError",
    "HistoryError",
    "IncompatibleBundleError",
    "InputError",
    "NoModelError",
    "NotFoundError",
    "SealError",
    "SignatureError",
    "TicketError",
    "TooManyRequestsError",
    "TrainingError",
    "TriageError",
    "UnauthenticatedError",
    "UnavailableError",
]


class TriageError(Exception):
    """Raised when triage cannot do what was asked; catch it to catch everything of ours."""


class InputError(TriageError):
    """Raised when input from a person or a program cannot be used as given."""


class HistoryError(InputError):
    """Raised when a history, article, link, agent or volume table cannot be read at all."""


class TicketError(InputError):
    """Raised when one ticket cannot be decided as given."""


class ConfigurationError(TriageError):
    """Raised when a setting or a configuration file holds a wrong value."""


class NotFoundError(TriageError):
    """Raised when the named thing does not exist in this workspace."""


class ConflictError(TriageError):
    """Raised when a request contradicts what is already stored."""


class AccessError(TriageError):
    """Raised when the caller may not do this."""


class UnauthenticatedError(AccessError):
    """Raised when a request carries no valid key, token or password."""


class ForbiddenError(AccessError):
    """Raised when the caller is known but may not do this."""


class TooManyRequestsError(TriageError):
    """Raised when a caller asks more often than is fair, or guessed wrongly too often.

    Parameters
    ----------
    message : str
        What was given, expected, and to do.
    retry_after_s : int, default=1
        Seconds after which asking again makes sense.
    """

    def __init__(self, message: str, retry_after_s: int = 1) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class UnavailableError(TriageError):
    """Raised when something needed is not there now and trying again later makes sense."""


class NoModelError(UnavailableError):
    """Raised when no model is promoted in this workspace."""


class SealError(UnavailableError):
    """Raised when an encrypted value cannot be opened: its key is not here, or it is not what was stored."""


class BundleError(TriageError):
    """Raised when a bundle or an encoder cannot be trusted or used."""


class SignatureError(BundleError):
    """Raised when the bytes found are not the bytes that were signed."""


class IncompatibleBundleError(BundleError):
    """Raised when a bundle was written in a format that this version cannot read."""


class BackupError(TriageError):
    """Raised when a backup cannot be written, trusted or used."""


class TrainingError(TriageError):
    """Raised when nothing useful can be learnt from the history given."""
