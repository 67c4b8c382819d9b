"""A file, or part of one, that cannot be taken as it is."""

from ocsea.errors import OcseaError
from ocsea.steward.sent import Finding, Place


class Refused(OcseaError):
    """What is wrong with a file as a whole, and what would be right; `line` where it is known.

    `rule` names the check of the reader, such as `damaged`.
    """

    def __init__(self, rule: str, message: str, remedy: str, line: int = 0) -> None:
        super().__init__(f"{message} {remedy}")
        self.rule, self.message, self.remedy, self.line = rule, message, remedy, line

    def finding(self, file: str) -> Finding:
        """The same as a finding, which keeps the file from being published."""
        return found(self.rule, Place(file, row=self.line), "", self.message, self.remedy)


def found(
    rule: str, place: Place, value: str, message: str, remedy: str, severity: str = "Violation"
) -> Finding:
    """What the reader found; its rules are told from the shapes' by `read:`."""
    return Finding(severity, place, value, message, remedy, f"read:{rule}")
