# SPDX-License-Identifier: Apache-2.0
"""Runs ballot.py as the image does."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "ballot.py")
VOTERS = [f"0x{digit * 40}" for digit in "abcdef"]


def run(ballots, quorum, choices=3):
    """The 16 numbers of the word, and what the program prints."""
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "input"))
        for voter, content in ballots.items():
            with open(os.path.join(folder, "input", f"{voter}.json"), "w", encoding="utf-8") as file:
                file.write(content if isinstance(content, str) else json.dumps(content))
        public = os.path.join(folder, "public")
        arguments = [os.path.join(folder, "input"), public, str(quorum), str(choices)]
        done = subprocess.run([sys.executable, "-IS", PROGRAM, *arguments], capture_output=True, check=True, text=True)
        with open(public, "rb") as file:
            word = file.read()
        assert len(word) == 32
        return [int.from_bytes(word[i : i + 2], "big") for i in range(0, 32, 2)], done.stdout + done.stderr


def vote(voter, choice):
    return {voter: {"voter": voter, "choice": choice}}


class Ballot(unittest.TestCase):
    def test_votes_are_counted_by_choice(self):
        ballots = vote(VOTERS[0], 1) | vote(VOTERS[1], 3) | vote(VOTERS[2], 3)
        self.assertEqual(run(ballots, 3)[0], [2, 1, 0, 2] + [0] * 12)

    def test_below_the_quorum_nothing_is_told(self):
        one, _ = run(vote(VOTERS[0], 1), 2)
        other, printed = run(vote(VOTERS[1], 3), 2)
        self.assertEqual(one, [1] + [0] * 15)
        self.assertEqual(one, other)
        self.assertEqual(printed, "quorum missed\n")

    def test_what_is_no_ballot_stops_nobody_elses(self):
        wrong = [
            {"voter": VOTERS[0], "choice": 1},  # copied from somebody else's
            {"voter": VOTERS[5], "choice": 4},
            {"voter": VOTERS[5], "choice": 0},
            {"voter": VOTERS[5], "choice": True},
            {"voter": VOTERS[5], "choice": "1"},
            [],
            "no JSON",
            "[" * 100000,
        ]
        for content in wrong:
            with self.subTest(str(content)[:40]):
                self.assertEqual(run(vote(VOTERS[0], 2) | {VOTERS[5]: content}, 1)[0], [2, 0, 1] + [0] * 13)


unittest.main()
