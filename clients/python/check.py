# SPDX-License-Identifier: Apache-2.0
"""Asks an agent, whose socket is the argument, for all that the client offers, and prints what came."""

import json
import sys

from escrin_agent import Agent, Refused

agent = Agent(sys.argv[1])


def refusal(call, *arguments, **named):
    try:
        return call(*arguments, **named)
    except Refused as refused:
        return refused.code


sealed = agent.seal(b"words", "note")
agent.put_output("report", b"text")
agent.set_result(bytes([7]) * 32)
agent.progress(50, "half")
absent = agent.load("state")
agent.save("state", b"one", 0)
print(json.dumps([
    agent.task()["attempt"], agent.omni_key().hex(), agent.derive_key("a", "secp256k1")["address"],
    len(agent.sign("a", bytes(32))), len(agent.sign("a", b"any words", "ed25519")),
    agent.unseal(sealed, "note").decode(), refusal(agent.unseal, sealed, "other"), len(agent.evidence(b"data")) > 0,
    absent, [agent.load("state")[0].decode(), agent.load("state")[1]], refusal(agent.save, "state", b"fork", 0),
    agent.inputs(), agent.input("a").decode(), agent.secrets(), refusal(agent.secret, "absent"),
    agent.rpc("eth_blockNumber"), agent.send("wallet", "0x" + "aa" * 20, 1), refusal(agent.rpc, "admin_addPeer"),
    refusal(Agent(sys.argv[1], "none").task),
]))
