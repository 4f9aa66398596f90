"""A private ballot.

    ballot.py BALLOTS PUBLIC QUORUM CHOICES

BALLOTS is a directory. A file called 0x….json was handed in by that account through a contract
(contracts/PrivateBallot.sol) and is {"voter": "0x…", "choice": 1 to CHOICES}. A ballot counts only if its voter is the
account: sealed ballots can be copied. Anything else is no vote, and stops nobody else's.
PUBLIC gets 32 bytes, 16 numbers of 16 bits: 2 if at least QUORUM votes count and else 1, then the votes of choices 1 to
15. Without a quorum they are all zero, and nothing is told about any vote.
"""

import json
import os
import re
import sys

BALLOT = re.compile(r"(0x[0-9a-f]{40})\.json")
MISSED, REACHED = 1, 2


def choice_of(path, voter, choices):
    """The choice on a ballot; None if it is no vote."""
    try:
        with open(path, encoding="utf-8") as file:
            ballot = json.load(file)
    except (ValueError, RecursionError):
        return None
    if not isinstance(ballot, dict) or not isinstance(ballot.get("voter"), str) or ballot["voter"].lower() != voter:
        return None
    choice = ballot.get("choice")
    return choice if type(choice) is int and 1 <= choice <= choices else None


def count(folder, choices):
    votes = [0] * 15
    for name in os.listdir(folder):
        match = BALLOT.fullmatch(name)
        choice = match and choice_of(os.path.join(folder, name), match[1], choices)
        if choice:
            votes[choice - 1] += 1
    return votes


def main():
    if len(sys.argv) != 5 or not 1 <= int(sys.argv[4]) <= 15:
        sys.exit("usage: ballot.py BALLOTS PUBLIC QUORUM CHOICES (at most 15)")
    folder, public, quorum, choices = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    votes = count(folder, choices)
    word = [REACHED, *votes] if sum(votes) >= quorum else [MISSED] + [0] * 15
    with open(public, "wb") as file:
        file.write(b"".join(number.to_bytes(2, "big") for number in word))
    print("quorum missed" if word[0] == MISSED else f"votes: {votes[:choices]}")


main()
