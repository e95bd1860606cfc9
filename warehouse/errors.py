"""What can go wrong in the warehouse, said so that a person can act on it.

Here: typed errors of build, lock, verification and publication. Not here: errors of upstream data (sources/errors.py).
"""


class WarehouseError(Exception):
    """Expected, found, where and next step, in one message."""

    def __init__(self, *, expected: str, found: str, where: str, next_step: str) -> None:
        self.expected = expected
        self.found = found
        self.where = where
        self.next_step = next_step
        super().__init__(f"{where}: expected {expected}; found {found}. Next: {next_step}")


class WriterBusy(WarehouseError):
    """Another process is writing."""


class NoLocks(WarehouseError):
    """The file lies where files cannot be locked, as on some network shares."""


class VerificationFailed(WarehouseError):
    """The candidate file is not fit to publish."""


class NoRelease(WarehouseError):
    """Nothing has been published yet, or the named release does not exist."""


class IndicatorError(WarehouseError):
    """The indicator registry is not valid."""


class WrongSetting(WarehouseError):
    """A setting of the installation is not one it may have. The message shows no value, since some are secrets."""
