"""A name server for one company: whatever it is asked for, the address is the one it was started with."""

import socket
import sys

HEADER = 12

own, answer = sys.argv[1:]
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((own, 53))
while True:
    query, asker = server.recvfrom(512)
    question = query[HEADER : query.index(b"\0", HEADER) + 5]
    counts = bytes([0, 1, 0, 1, 0, 0, 0, 0])
    record = bytes([0xC0, HEADER, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]) + socket.inet_aton(answer)
    server.sendto(query[:2] + b"\x81\x80" + counts + question + record, asker)
