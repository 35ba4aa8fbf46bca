"""`costcurve reproduce`: a paper's printed numbers beside ours."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from costcurve.faces.cli.output import print_document, print_json
from costcurve.studies import reproduce as make_reproduction


def reproduce(
    study: Annotated[str, Parameter(help="The study: economic-model.")],
    /,
    *,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Lay a study's printed numbers beside what this library computes."""
    result = make_reproduction(study)
    if json:
        print_json(result.to_dict())
    else:
        print_document(result.document())
