"""A reverse proxy: ends TLS at port 443 of the address it is started with, says for whom it asks, and lets whatever follows an upgrade pass."""

import select
import socket
import ssl
import sys
import threading

address, certificate, key, upstream_port = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)


def exchange(client, server):
    while True:
        ready = [client] if client.pending() else select.select([client, server], [], [])[0]
        for source in ready:
            piece = source.recv(65536)
            if not piece:
                return
            (server if source is client else client).sendall(piece)


def told(head, peer):
    lines = head.split(b"\r\n")
    names = [line.split(b":")[0].lower() for line in lines]
    if b"upgrade" not in names:  # the next request gets a connection of its own
        lines = [line for line, name in zip(lines, names) if name != b"connection"] + [b"Connection: close"]
    return b"\r\n".join(lines + [b"X-Forwarded-For: " + peer.encode()]) + b"\r\n\r\n"


def serve(raw, peer):
    try:
        with context.wrap_socket(raw, server_side=True) as client:
            request = b""
            while b"\r\n\r\n" not in request:
                piece = client.recv(65536)
                if not piece:
                    return
                request += piece
            head, _, rest = request.partition(b"\r\n\r\n")
            with socket.create_connection(("127.0.0.1", int(upstream_port))) as server:
                print(head.split(b"\r\n")[0].decode(), flush=True)
                server.sendall(told(head, peer) + rest)
                exchange(client, server)
    except OSError:
        pass  # one end has gone


listener = socket.create_server((address, 443))
while True:
    connection, (peer, _) = listener.accept()
    threading.Thread(target=serve, args=(connection, peer), daemon=True).start()
