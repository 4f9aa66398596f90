# SPDX-License-Identifier: Apache-2.0
"""What a workload in Python can do by way of its agent, as its input says; prints what came of it as JSON."""

import hashlib
import json
import os
import socket
import time

from escrin_agent import Agent, Refused

agent = Agent()
job = json.loads(agent.input("job.json"))
task = agent.task()


def reach(host, port):
    try:
        with socket.create_connection((host, port), 5) as connection:
            return connection.recv(100).decode()
    except OSError as e:
        return type(e).__name__


def write(path, mebibytes):
    """Writes a file, has the kernel forget it, and reads it again."""
    block, written, read = os.urandom(1 << 20), hashlib.sha256(), hashlib.sha256()
    with open(path, "wb") as f:
        for i in range(mebibytes):
            part = i.to_bytes(4, "big") + block[4:]
            written.update(part)
            f.write(part)
        f.flush()
        os.fsync(f.fileno())
        os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    with open(path, "rb") as f:
        while part := f.read(1 << 20):
            read.update(part)
    return written.digest() == read.digest()


def transact(to, data):
    """Sends a transaction, waits for its receipt and checks what it says."""
    transaction = agent.send("wallet", to, data=bytes.fromhex(data[2:]))
    while (receipt := agent.rpc("eth_getTransactionReceipt", transaction)) is None:
        time.sleep(0.2)
    wallet = agent.derive_key("wallet", "secp256k1")["address"]
    assert receipt["transactionHash"] == transaction and receipt["status"] == "0x1", receipt
    assert receipt["from"] == wallet and receipt["to"] == to, receipt
    assert [log["address"] for log in receipt["logs"]] == [to], receipt
    return {"hash": transaction, "log": receipt["logs"][0]["data"]}


def ledger(entry):
    try:
        state, version = agent.load("ledger")
    except Refused as refused:
        return refused.code
    agent.save("ledger", (state or b"") + entry.encode(), version)
    return [(state or b"").decode(), version]


said = {
    "wallet": agent.derive_key("wallet", "secp256k1")["address"],
    "chain": [task["chainId"], int(agent.rpc("eth_chainId"), 16)],
    "ledger": ledger(job["entry"]),
    "reached": [reach(host, port) for host, port in job.get("reach", [])],
}
if "call" in job:
    said["called"] = agent.rpc("eth_call", job["call"], "latest")
if "transact" in job:
    said["sent"] = transact(**job["transact"])
if "write" in job:
    said["written"] = write(**job["write"])
agent.put_output("said.json", json.dumps(said).encode())
print(json.dumps(said))
