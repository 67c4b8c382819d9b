"""Why a query has no answer."""


class EngineError(Exception):
    """Base of everything the engine can refuse or fail to do."""


class QueryRefused(EngineError):
    """The query itself is at fault. `reason` is one of `syntax`, `service`, `update`, `format`."""

    def __init__(
        self, reason: str, detail: str, line: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(detail)
        self.reason, self.detail, self.line, self.column = reason, detail, line, column


class QueryTimedOut(EngineError):
    """The query was stopped at its deadline."""


class QueryTooBig(EngineError):
    """The query needed more memory than a worker may use."""


class ResultTooLarge(EngineError):
    """The answer is longer than the operator lets any be."""


class QueryCrashed(EngineError):
    """The query ended its worker process, in practice by nesting too deep for the parser."""


class ServiceFailed(EngineError):
    """Another endpoint that a query calls did not answer as it should."""


class Busy(EngineError):
    """All workers are at work and the queue is full."""


class Unavailable(EngineError):
    """No release is loaded, or its processes are just being started again."""
