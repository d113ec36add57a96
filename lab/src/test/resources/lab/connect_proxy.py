"""A proxy at the address it is started with: connects to whatever it is asked for by CONNECT, and does nothing else."""

import socket
import sys
import threading


def pour(source, sink):
    try:
        while piece := source.recv(65536):
            sink.sendall(piece)
    except OSError:
        pass  # one end has gone, and so shall the other
    finally:
        source.close()
        sink.close()


def serve(client):
    head = b""
    while b"\r\n\r\n" not in head and (more := client.recv(4096)):
        head += more
    method, _, rest = head.partition(b" ")
    if method != b"CONNECT":
        client.sendall(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
        client.close()
        return
    target = rest.split(b" ")[0].decode()
    host, _, port = target.rpartition(":")
    server = socket.create_connection((host, int(port)))
    print("connected to", target, flush=True)
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    threading.Thread(target=pour, args=(client, server), daemon=True).start()
    pour(server, client)


listener = socket.create_server((sys.argv[1], 3128))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
