# SPDX-License-Identifier: Apache-2.0
"""Runs auction.py as the image does."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "auction.py")
ALICE, BOB, CAROL = (f"0x{digit * 40}" for digit in "abc")


def run(bids):
    """Exit status, outcome and public word of an auction over files by name."""
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "input"))
        for name, content in bids.items():
            with open(os.path.join(folder, "input", name), "w", encoding="utf-8") as file:
                file.write(content if isinstance(content, str) else json.dumps(content))
        outcome, public = os.path.join(folder, "outcome.json"), os.path.join(folder, "public")
        ended = subprocess.run(
            [sys.executable, "-IS", PROGRAM, os.path.join(folder, "input"), outcome], capture_output=True, text=True
        )
        if ended.returncode == 0:
            won = read(outcome, json.loads)
            assert ended.stdout == f"{won['winner']} wins and pays {won['price']} (bids: {won['bids']})\n", ended.stdout
        return ended.returncode, read(outcome, json.loads), read(public, bytes)


def read(path, parse):
    if not os.path.exists(path):
        return None
    with open(path, "rb") as file:
        return parse(file.read())


def bid(account, amount):
    return {f"{account}.json": {"bidder": account, "amount": amount}}


class Auction(unittest.TestCase):
    def test_the_word_is_the_winner_and_the_second_price(self):
        status, outcome, public = run(bid(ALICE, 30) | bid(BOB, 2**96 - 1) | bid(CAROL, 40))
        self.assertEqual((status, outcome), (0, {"winner": BOB, "price": 40, "bids": 3}))
        self.assertEqual(public, bytes.fromhex(BOB[2:]) + (40).to_bytes(12, "big"))

    def test_a_strangers_mistake_counts_as_no_bid(self):
        wrong = [
            {"bidder": BOB, "amount": 90},  # copied from somebody else's
            {"bidder": CAROL, "amount": 2**96},
            {"bidder": CAROL, "amount": 0},
            {"bidder": CAROL, "amount": 1.5},
            {"bidder": CAROL, "amount": True},
            [{"bidder": CAROL, "amount": 90}],
            "no JSON",
            "[" * 100000,
            "9" * 5000,
        ]
        for content in wrong:
            with self.subTest(str(content)[:40]):
                status, outcome, _ = run(bid(ALICE, 30) | {f"{CAROL}.json": content})
                self.assertEqual((status, outcome), (0, {"winner": ALICE, "price": 30, "bids": 1}))

    def test_without_a_bid_there_is_no_outcome(self):
        for bids in ({}, {f"{CAROL}.json": "nonsense"}):
            status, outcome, public = run(bids)
            self.assertNotEqual(status, 0)
            self.assertEqual((outcome, public), (None, None))

    def test_names_have_no_word(self):
        status, outcome, public = run({"bids.json": [{"bidder": "alice", "amount": 3}, {"bidder": "bob", "amount": 2}]})
        self.assertEqual((status, outcome, public), (0, {"winner": "alice", "price": 2, "bids": 2}, None))


unittest.main()
