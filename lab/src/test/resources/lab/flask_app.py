"""The app of the lab: an ordinary Flask app on localhost, which knows nothing of any tailnet."""

import hashlib
import sys

from flask import Flask, Response, request

app = Flask(__name__)


@app.get("/")
def hello():
    return "Hello from Flask!\n"


@app.get("/caller")
def caller():
    """Who the app believes it is talking to."""
    return {"address": request.remote_addr, "host": request.host, "headers": dict(request.headers)}


@app.post("/digest")
def digest():
    """The length and SHA-256 of what was posted."""
    sha = hashlib.sha256()
    length = 0
    while chunk := request.stream.read(1 << 16):
        sha.update(chunk)
        length += len(chunk)
    return {"length": length, "sha256": sha.hexdigest()}


@app.get("/zeros/<int:length>")
def zeros(length):
    """A long body, sent in pieces."""
    def pieces():
        left = length
        while left > 0:
            yield bytes(min(left, 1 << 16))
            left -= 1 << 16

    return Response(pieces(), headers={"Content-Length": str(length)})


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]), threaded=True)
