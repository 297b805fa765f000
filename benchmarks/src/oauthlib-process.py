"""Signs as oauthlib does, and times its own loop. Started by oauthlib.ts, which writes one JSON object a line:
first what is signed and with what, then how often and in which way. An answer is one line too."""

import json
import sys
import time

try:
    import oauthlib
    from oauthlib.oauth1 import Client
except ImportError:
    print(json.dumps({"missing": "oauthlib"}), flush=True)
    sys.exit()

task = json.loads(sys.stdin.readline())
request = task["request"]
keys = {
    "client_secret": task["client"]["clientSecret"],
    "resource_owner_key": task["token"]["resourceOwnerKey"],
    "resource_owner_secret": task["token"]["resourceOwnerSecret"],
}
form = {"Content-Type": "application/x-www-form-urlencoded"}


def signer(method, **more):
    # One client for many requests, as requests-oauthlib has it.
    client = Client(task["client"]["clientKey"], signature_method=method, **keys, **more)

    def sign():
        headers = client.sign(request["url"], request["method"], request["body"], dict(form))[1]
        return headers["Authorization"]

    return sign


ways = {"HMAC-SHA1": signer("HMAC-SHA1")}
try:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from base64 import b64encode

    ways["RSA-SHA1"] = signer("RSA-SHA1", rsa_key=task["privatePem"])
    ways["RSA-SHA1"]()
    key = load_pem_private_key(task["privatePem"].encode(), None)
    text = task["baseString"].encode()
    ways["RSA-SHA1, key read once"] = lambda: b64encode(key.sign(text, PKCS1v15(), SHA1())).decode()
except Exception as error:  # whatever is missing: HMAC goes on without it
    ways.pop("RSA-SHA1", None)
    print(f"oauthlib signs no RSA-SHA1 here: {type(error).__name__}", file=sys.stderr)

print(json.dumps({"version": oauthlib.__version__, "ways": list(ways)}), flush=True)

for line in sys.stdin:
    turn = json.loads(line)
    sign = ways[turn["way"]]
    signatures = []
    start = time.perf_counter()
    for _ in range(turn["count"]):
        signatures.append(sign())
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "signatures": signatures}), flush=True)
