# SPDX-License-Identifier: Apache-2.0
"""How a workload in Python talks to the agent of its guest. The standard library is enough.

guestagent/api/openapi.yaml says what each call does.
"""

import base64
import http.client
import json
import os
import re
import socket


class Refused(Exception):
    """The agent's refusal: its status, a code and a sentence."""

    def __init__(self, status, code, message):
        super().__init__(f"{code}: {message}")
        self.status, self.code = status, code


class Unknown(Refused):
    """It is not said that nothing was done."""


class _Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("escrin")
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self._path)


class Agent:
    """The agent of the guest that the process runs in."""

    def __init__(self, path="/run/escrin/agent.sock", capability=None):
        self._path = path
        self._capability = capability or os.environ.get("ESCRIN_CAPABILITY", "")

    def task(self):
        """What the workload is part of."""
        return self._call("GET", "/v1/task")

    def omni_key(self, policy="enclave", version=1):
        """The identity's own key, 32 bytes."""
        reply = self._call("POST", "/v1/keys/omni", {"policy": policy, "version": version})
        return bytes.fromhex(reply["key"][2:])

    def derive_key(self, path, kind="raw", policy="enclave", version=1):
        """A key of the identity: private, public and address, as 0x and hex."""
        return self._call("POST", "/v1/keys/derive", {"kind": kind, "path": path, "policy": policy, "version": version})

    def sign(self, path, message, kind="secp256k1", policy="enclave", version=1):
        """The signature of a digest of 32 bytes (secp256k1) or of a message (ed25519)."""
        reply = self._call("POST", "/v1/keys/sign", {
            "kind": kind, "path": path, "policy": policy, "version": version, "message": _text(message)})
        return bytes.fromhex(reply["signature"][2:])

    def evidence(self, data):
        """Evidence over data, of at most 64 KiB."""
        return base64.b64decode(self._call("POST", "/v1/evidence", {"data": _text(data)})["evidence"])

    def seal(self, data, context=""):
        """A message that unseal opens under the same context, in every attempt that has the same keys."""
        return self._data("/v1/seal", context, data)

    def unseal(self, sealed, context=""):
        return self._data("/v1/unseal", context, sealed)

    def load(self, name):
        """The newest version of an object and its number; (None, 0) if there never was one.

        A host that serves an older one, or none, makes it Refused with the code rollback.
        """
        try:
            content, fields = self._do("GET", "/v1/storage/" + _plain(name))
        except Refused as refused:
            if refused.code == "not_found":
                return None, 0
            raise
        return content, int(fields["ETag"].strip('"'))

    def save(self, name, content, after):
        """Store the version after this one, which must be the newest; else it is Refused with the code conflict.

        Unknown: it may be the newest now, or become it, which load() tells. No other content is then taken as the same version.
        """
        fields = {"If-Match": f'"{after}"'} if after else {"If-None-Match": "*"}
        self._do("PUT", "/v1/storage/" + _plain(name), _bytes(content), fields)

    def inputs(self):
        return self._call("GET", "/v1/inputs")["names"]

    def input(self, name):
        return self._do("GET", "/v1/inputs/" + _plain(name))[0]

    def secrets(self):
        return self._call("GET", "/v1/secrets")["names"]

    def secret(self, label):
        return self._do("GET", "/v1/secrets/" + _plain(label))[0]

    def put_output(self, name, content):
        self._do("PUT", "/v1/outputs/" + _plain(name), _bytes(content))

    def set_result(self, word):
        """Set the public word, 32 bytes that everybody can read on chain."""
        self._do("PUT", "/v1/result", _bytes(word))

    def progress(self, percent, note=""):
        self._call("POST", "/v1/progress", {"percent": percent, "note": note})

    def rpc(self, method, *params):
        """A call of Ethereum's JSON-RPC. Nobody vouches for the result."""
        return self._call("POST", "/v1/chain/rpc", {"method": method, "params": list(params)})["result"]

    def send(self, path, to=None, value=0, data=b"", gas=None, fee_cap=None, tip=None, policy="enclave", version=1):
        """Sign a transaction with a secp256k1 key and have it sent; the hash. Whether it is on chain, the chain says.

        What is None, the chain's node says, which the host may have made up: name your own fee_cap where it matters.
        """
        sender = self.derive_key(path, "secp256k1", policy, version)["address"]
        amount, text = f"{value:x}", "0x" + _bytes(data).hex()
        message = {"from": sender, "value": hex(value), "data": text}
        if to:
            message["to"] = to
        if tip is None:
            tip = int(self.rpc("eth_maxPriorityFeePerGas"), 16)
        if fee_cap is None:
            fee_cap = 2 * int(self.rpc("eth_gasPrice"), 16) + tip
        signed = self._call("POST", "/v1/chain/sign", {
            "path": path, "policy": policy, "version": version, "to": to.lower() if to else None,
            "value": "0x" + amount.zfill(len(amount) + len(amount) % 2), "data": text,
            "gas": gas or int(self.rpc("eth_estimateGas", message), 16),
            "nonce": int(self.rpc("eth_getTransactionCount", sender, "pending"), 16),
            "maxFeePerGas": fee_cap, "maxPriorityFeePerGas": tip})
        self.rpc("eth_sendRawTransaction", signed["raw"])
        return signed["hash"]

    def _data(self, path, context, data):
        return base64.b64decode(self._call("POST", path, {"context": context, "data": _text(data)})["data"])

    def _call(self, method, path, request=None):
        return json.loads(self._do(method, path, None if request is None else json.dumps(request).encode())[0])

    def _do(self, method, path, body=None, fields=None):
        connection = _Connection(self._path)
        try:
            try:
                connection.request(method, path, body, {"Authorization": "Bearer " + self._capability, **(fields or {})})
            except (BrokenPipeError, ConnectionResetError):
                pass  # the agent may have refused it before it was sent whole, and closed
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        if response.status < 300:
            return content, response.headers
        error = json.loads(content)["error"]
        raise (Unknown if error["code"] == "unknown" else Refused)(response.status, error["code"], error["message"])


def _plain(name):
    """A name, which is no path: a character with a meaning in one would make it the name of something else."""
    if not re.fullmatch("[A-Za-z0-9._~-]{1,128}", name) or name in (".", ".."):
        raise Refused(400, "bad_request", "a name has 1 to 128 of A-Z a-z 0-9 . _ ~ - and is neither . nor ..")
    return name


def _bytes(data):
    """Bytes, which text is not, nor a number of them."""
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise TypeError(f"want bytes, not {type(data).__name__}")
    return bytes(data)


def _text(data):
    return base64.b64encode(_bytes(data)).decode()
