"""What printing refuses, with the rule and the remedy. Problems name batches, never a buyer."""

from orderveil.core.errors import Problem

_RULE_COPIES = "printing: whoever prints a sheet again says why; each copy is counted"

HOW_MANY = Problem(
    code="how_many_sheets",
    detail="A batch has 1 to 10,000 sheets.",
    remedy="Ask for several batches.",
    pointer="/refs",
    rule="api: size limits",
)
NO_SUCH_DPI = Problem(
    code="no_such_dpi",
    detail="Printers here have 203 or 300 dots per inch.",
    remedy="Send the one that your printer has.",
    pointer="/dpi",
    rule="printing: 203 and 300 dpi",
)
NOT_ON_FLOOR = Problem(
    code="device_needed",
    detail="Sheets are asked for on the floor's registered devices.",
    remedy="Go to a packing station.",
    rule="wms: no personal phones on the floor",
    status=403,
)
NO_SUCH_PRINTER = Problem(
    code="no_such_printer",
    detail="There is no such printer on your floor, or nobody has vouched for it in time.",
    remedy="Choose another, or ask whoever manages the floor's devices to attest it.",
    rule="wms: a printer's agent is a registered device",
    status=404,
)
NO_SUCH_BATCH = Problem(
    code="no_such_batch",
    detail="You know no batch by this number.",
    remedy="Use the number that you were given when you asked for it; batches go after 90 days.",
    rule="printing: a batch is its partner's own",
    status=404,
)
NO_SUCH_SHEET = Problem(
    code="no_such_sheet",
    detail="The batch was never handed a sheet at this place.",
    remedy="Places count from 1; what was refused is asked for anew.",
    rule="printing: what was given out is printed again with a reason",
    status=404,
)
NO_SUCH_PART = Problem(
    code="no_such_part",
    detail="The batch has no part of this number.",
    remedy="Parts count from 1; each has up to 500 sheets.",
    rule="printing: large batches are fetched in parts",
    status=404,
)
PART_HANDED = Problem(
    code="part_already_handed",
    detail="No sheet of this part waits: each was handed out or refused.",
    remedy="Report how they ended. What was lost is asked for again, as a new batch with a reason.",
    rule="printing: no sheet is handed out twice",
    status=409,
)
NOTHING_LEFT = Problem(
    code="nothing_to_print",
    detail="Of the sheets that waited here none could be printed.",
    remedy="The batch says of each why; what may still come is tried again for two minutes.",
    rule="printing: what the gate refuses is not printed",
    status=409,
)
PRINTED_ELSEWHERE = Problem(
    code="printed_by_a_device",
    detail="This batch is printed by a printer of the floor; nobody else fetches it.",
    remedy="Ask for a batch without a device.",
    rule="printing: a batch is printed in one place",
    status=409,
)
NO_SUCH_JOB = Problem(
    code="no_such_job",
    detail="You were handed no job of this number.",
    remedy="A job is known to the device that it was handed to.",
    rule="printing: a job belongs to one device",
    status=404,
)
HOLD_OVER = Problem(
    code="hold_over",
    detail="The two hours for which a station may hold this job are over.",
    remedy="Delete what is held. What was not printed is asked for again, with a reason.",
    rule="printing: a station holds a job for two hours",
    status=410,
)
NOT_IN_DOUBT = Problem(
    code="not_in_doubt",
    detail="This sheet is not in doubt: how it ended is known, or it was handed out just now.",
    remedy="Reload the page.",
    rule="printing: what is in doubt is settled once",
    status=409,
)
COULD_NOT_DRAW = Problem(
    code="could_not_draw",
    detail="The sheet could not be drawn; it was not given out.",
    remedy="Ask for it again; if it stays, show the log to its owner.",
    rule="printing: what could not be drawn never left",
)
PRINTER_FAILED = Problem(
    code="printer_failed",
    detail="It was given out, and whoever printed it says that it was not printed.",
    remedy="Ask for it again, with a reason.",
    rule="printing: how a sheet ended is reported",
)
CALLED_OFF = Problem(
    code="called_off",
    detail="Somebody called it off before it was given out.",
    remedy="Ask for it again if it is needed.",
    rule="printing: what waits can be called off",
)


def needs_reason(copy_no: int, batch_id: int) -> Problem:
    """The refusal of a reprint without a reason."""
    return Problem(
        code="reprint_needs_reason",
        detail=f"Copy {copy_no} of this sheet was asked for in batch {batch_id}.",
        remedy="If it is needed again, say why: damaged, jammed, lost, unreadable,"
        " address_corrected, wrong_printer or in_doubt.",
        pointer="/reason",
        rule=_RULE_COPIES,
    )
