"""A sealed-bid second-price auction.

    auction.py BIDS OUTCOME

BIDS is a JSON file, or a directory of them, each {"bidder": NAME, "amount": WHOLE NUMBER} or a list of such.
OUTCOME is written as JSON: the highest bidder wins and pays the second-highest bid (its own if it was alone).
Of equal bids the first bidder's name in alphabetical order wins.

A file called 0x….json was handed in by that account through a contract (contracts/SealedBidAuction.sol). It holds one
bid, in wei, whose bidder must be the account: sealed bids can be copied. Such a bid does not count if it is anything
else, since a stranger's mistake must not stop the auction. Where a contract's bidder wins, `public` beside OUTCOME
tells the contract: 20 bytes of address, 12 of price.
"""

import json
import os
import re
import sys

ACCOUNT = re.compile(r"0x[0-9a-f]{40}")


def read_bids(path):
    if os.path.isdir(path):
        names = sorted(os.listdir(path))
        return [bid for name in names for bid in read_bids(os.path.join(path, name))]
    account = os.path.basename(path).removesuffix(".json")
    if ACCOUNT.fullmatch(account):
        return read_accounts_bid(path, account)
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    bids = content if isinstance(content, list) else [content]
    for bid in bids:
        if not valid(bid):
            sys.exit(f"auction: {path}: a bid needs a bidder (string) and an amount (whole number above 0)")
    return bids


def read_accounts_bid(path, account):
    try:
        with open(path, encoding="utf-8") as file:
            bid = json.load(file)
    except (ValueError, RecursionError):
        return []
    if not valid(bid) or bid["bidder"].lower() != account or bid["amount"] >= 1 << 96:
        return []
    return [{"bidder": account, "amount": bid["amount"]}]


def valid(bid):
    return (
        isinstance(bid, dict)
        and isinstance(bid.get("bidder"), str)
        and type(bid.get("amount")) is int
        and bid["amount"] > 0
    )


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
    if ACCOUNT.fullmatch(outcome["winner"]) and outcome["price"] < 1 << 96:
        with open(os.path.join(os.path.dirname(sys.argv[2]), "public"), "wb") as file:
            file.write(bytes.fromhex(outcome["winner"][2:]) + outcome["price"].to_bytes(12, "big"))
    print(f"{outcome['winner']} wins and pays {outcome['price']} (bids: {outcome['bids']})")


main()
