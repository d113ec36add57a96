"""A small Flask app. It knows nothing of any tailnet: it listens on its port, on loopback and on its bridge network."""

import os

from flask import Flask, request

app = Flask(__name__)


@app.get("/")
def hello():
    return f"Hello from Flask, {request.remote_addr}\n"


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", "5000")))
