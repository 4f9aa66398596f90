"""A sealed-bid second-price auction.

    auction.py BIDS OUTCOME

BIDS is a JSON file, or a directory of them, each {"bidder": NAME, "amount": WHOLE NUMBER} or a list of such.
OUTCOME is written as JSON: the highest bidder wins and pays the second-highest bid (its own if it was alone).
Of equal bids the first bidder's name in alphabetical order wins.
"""

import json
import os
import sys


def read_bids(path):
    if os.path.isdir(path):
        names = sorted(os.listdir(path))
        return [bid for name in names for bid in read_bids(os.path.join(path, name))]
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    bids = content if isinstance(content, list) else [content]
    for bid in bids:
        check(bid, path)
    return bids


def check(bid, path):
    valid = (
        isinstance(bid, dict)
        and isinstance(bid.get("bidder"), str)
        and type(bid.get("amount")) is int
        and bid["amount"] > 0
    )
    if not valid:
        sys.exit(f"auction: {path}: a bid needs a bidder (string) and an amount (whole number above 0)")


def decide(bids):
    if not bids:
        sys.exit("auction: there are no bids")
    if len({bid["bidder"] for bid in bids}) != len(bids):
        sys.exit("auction: a bidder has bid twice")
    ranked = sorted(bids, key=lambda bid: (-bid["amount"], bid["bidder"]))
    price = ranked[1]["amount"] if len(ranked) > 1 else ranked[0]["amount"]
    return {"winner": ranked[0]["bidder"], "price": price, "bids": len(bids)}


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: auction.py BIDS OUTCOME")
    outcome = decide(read_bids(sys.argv[1]))
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(outcome, file)
        file.write("\n")
    print(f"{outcome['winner']} wins and pays {outcome['price']} ({outcome['bids']} bids)")


main()
