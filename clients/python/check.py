# SPDX-License-Identifier: Apache-2.0
"""Asks an agent, whose socket is the first argument, for all that the client offers, and prints what came. The second has names that
nothing can have, as JSON."""

import json
import sys

from escrin_agent import Agent, Refused

agent = Agent(sys.argv[1])


def refusal(call, *arguments, **named):
    try:
        return call(*arguments, **named)
    except Refused as refused:
        return refused.code if refused.status != 413 else f"413 {refused.code}"
    except Exception as e:
        return type(e).__name__


def refusals(*calls):
    """What came of all, each once."""
    return sorted({str(refusal(*call)) for call in calls})


sealed = agent.seal(b"words", "note")
agent.put_output("report", memoryview(b"text"))
agent.set_result(bytes([7]) * 32)
agent.progress(50, "half")
absent = agent.load("A.z_9~-" + "a" * 121)
agent.save("state", b"one", 0)
named = [call for name in json.loads(sys.argv[2]) for call in (
    (agent.load, name), (agent.save, name, b"one", 0), (agent.input, name), (agent.secret, name), (agent.put_output, name, b"text"))]
texts = [call for text in ("é", None, 32, [1]) for call in (
    (agent.save, "text", text, 0), (agent.put_output, "text", text), (agent.set_result, text), (agent.seal, text), (agent.sign, "a", text))]
large = bytes(65 << 20)  # of which the agent does not even read the end
print(json.dumps([
    agent.task()["attempt"], agent.omni_key().hex(), agent.derive_key("a", "secp256k1")["address"],
    len(agent.sign("a", bytes(32))), len(agent.sign("a", b"any words", "ed25519")),
    agent.unseal(sealed, "note").decode(), refusal(agent.unseal, sealed, "other"), len(agent.evidence(b"data")) > 0,
    absent, [agent.load("state")[0].decode(), agent.load("state")[1]], refusal(agent.save, "state", b"fork", 0),
    agent.inputs(), agent.input("a").decode(), agent.secrets(), refusal(agent.secret, "absent"),
    agent.rpc("eth_blockNumber"), agent.send("wallet", "0x" + "aa" * 20, 1), refusal(agent.rpc, "admin_addPeer"),
    refusal(Agent(sys.argv[1], "none").task),
    refusals(*named), refusals(*texts), refusals(*[(agent.put_output, "large", large), (agent.save, "large", large, 0)] * 4),
]))
