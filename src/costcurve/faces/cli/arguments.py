"""What the argument parser cannot know: an option whose value may be left out."""

from __future__ import annotations

#: What `--explain` without a quantity asks for.
EVERYTHING = "everything"


def value_of_explain(tokens: list[str]) -> list[str]:
    """Return the arguments with a value after every bare `--explain`.

    A quantity's name holds neither a dot nor a slash, so a file that follows is not taken for it.
    """
    filled: list[str] = []
    for position, argument in enumerate(tokens):
        filled.append(argument)
        if argument == "--explain":
            following = tokens[position + 1] if position + 1 < len(tokens) else "-"
            if following.startswith("-") or "." in following or "/" in following:
                filled.append(EVERYTHING)
    return filled
