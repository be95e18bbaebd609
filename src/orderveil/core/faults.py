"""Where an exception was raised, to be logged with its type: its message may quote a value."""


def place_of(error: BaseException) -> str:
    """File and line of the innermost frame; "?" if it was never raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
