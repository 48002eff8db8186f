#!/usr/bin/env python3
"""A dRPC server that breaks the rules on request: module 2, one method for each misbehaviour.

  drpc_misbehaviour.py PATH --framing raw|chunked
  drpc_misbehaviour.py --list

It is serial, as an engine is: one loop answers one call after the other, whoever sends it. The messages are Google's
protobuf, the framing is written here. It prints "ready" when it listens, and removes its socket at SIGTERM.
"""
import argparse
import os
import selectors
import signal
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drpc_peer import DATA, HEADER, PACKET, Call, Response, chunks  # noqa: E402

FIRST_METHOD = 301
LIMIT = 64 * 1024 * 1024
# Behind an answer: the next call is left unread, and the connection closed.
LEAVES = object()


def text(value):
    """bench.Text { string text = 1 }, by hand."""
    data, size = value.encode(), b""
    count = len(data)
    while count >= 0x80:
        size, count = size + bytes([count & 0x7f | 0x80]), count >> 7
    return b"\x0a" + size + bytes([count]) + data if data else b""


def response(call, **members):
    members.setdefault("body", call.body)
    return Response(sequence=call.sequence, **members).SerializeToString()


def header(data, total=None, size=None, index=0, count=1):
    return HEADER.pack(len(data) if total is None else total, len(data) if size is None else size, index, count) + data


# Each takes a call and gives the packets to send; None closes the connection.

def echo(call):
    return chunks(response(call))


def stale_reply_first(call):
    """What a client gets that uses a connection again after a call was given up."""
    old = Response(sequence=call.sequence - 1, body=text("stale")).SerializeToString()
    return [*chunks(old), *chunks(response(call))]


def wrong_sequence(call):
    return chunks(Response(sequence=call.sequence + 1, body=call.body).SerializeToString())


def sequence_zero(call):
    return chunks(Response(body=call.body).SerializeToString())


def foreign_chunks(call):
    """An engine with two calls of one connection at work mixes the chunks of their replies."""
    ours = list(chunks(response(call, body=text("o" * 3 * DATA))))
    other = list(chunks(Response(sequence=99, body=text("f" * 2 * DATA)).SerializeToString()))
    return [ours[0], other[0], ours[1], other[1], *ours[2:], *other[2:]]


def foreign_chunks_of_one_size(call):
    ours = list(chunks(response(call, body=text("o" * 3 * DATA))))
    other = list(chunks(response(call, body=text("f" * 3 * DATA))))
    return [packet for pair in zip(ours, other) for packet in pair]


def close_before_reply(_):
    return [None]


def reads_no_more(call):
    return [*chunks(response(call)), LEAVES]


def close_in_reply(call):
    return [next(chunks(response(call, body=text("x" * 3 * DATA)))), None]


def never(_):
    return []


def no_response(_):
    return chunks(b"\xff\xff\xff")


def unknown_status(call):
    return chunks(response(call, status=99))


def reply_and_more(call):
    return [*chunks(response(call)), *chunks(response(call))]


def five_megabytes(call):
    return chunks(response(call, body=text("x" * 5_000_000)))


def over_the_limit(_):
    """The first chunk of 64 MiB + 1 byte; a receiver must not wait for the others."""
    return [header(b"x" * DATA, total=LIMIT + 1, count=-(-(LIMIT + 1) // DATA))]


def short_packet(_):
    return [b"\x00" * 10]


def longer_than_said(call):
    data = response(call)
    return [header(data, size=len(data) - 1)]


def shorter_than_said(call):
    data = response(call)
    return [header(data, size=len(data) + 1)]


def no_chunks(call):
    return [header(response(call), count=0)]


def index_not_zero(call):
    return [header(response(call), index=1, count=2)]


def index_skipped(call):
    packets = list(chunks(response(call, body=text("x" * 3 * DATA))))
    return [packets[0], packets[2]]


def index_repeated(call):
    packets = list(chunks(response(call, body=text("x" * 3 * DATA))))
    return [packets[0], packets[0]]


def total_changes(call):
    data = response(call, body=text("x" * DATA))
    return [header(data[:DATA], total=len(data), count=2),
            header(data[DATA:], total=len(data) + 1, index=1, count=2)]


def count_changes(call):
    data = response(call, body=text("x" * DATA))
    return [header(data[:DATA], total=len(data), count=2),
            header(data[DATA:], total=len(data), index=1, count=3)]


def total_over_data(call):
    data = response(call)
    return [header(data, total=len(data) + 1)]


def total_under_data(call):
    data = response(call)
    return [header(data, total=len(data) - 1)]


def empty_chunk(call):
    data = response(call, body=text("x" * DATA))
    return [header(data[:DATA], total=len(data), count=3), header(b"", total=len(data), index=1, count=3)]


def too_many_chunks(call):
    data = response(call)
    return [header(data, count=len(data) + 1)]


def packet_too_large(call):
    data = response(call, body=text("x" * PACKET))
    return [header(data)]


# With raw framing.

def raw_echo(call):
    return [response(call)]


def raw_empty_packet(_):
    return [b""]


def raw_wrong_sequence(call):
    return [Response(sequence=call.sequence + 1, body=call.body).SerializeToString()]


def raw_no_response(_):
    return [b"\xff\xff\xff"]


CHUNKED = [echo, stale_reply_first, wrong_sequence, sequence_zero, foreign_chunks, foreign_chunks_of_one_size,
           close_before_reply, close_in_reply, never, no_response, unknown_status, reply_and_more, five_megabytes,
           over_the_limit, short_packet, longer_than_said, shorter_than_said, no_chunks, index_not_zero,
           index_skipped, index_repeated, total_changes, count_changes, total_over_data, total_under_data,
           empty_chunk, too_many_chunks, packet_too_large, reads_no_more]
RAW = [raw_echo, raw_empty_packet, raw_wrong_sequence, raw_no_response, close_before_reply, never]
REFUSED = Response(sequence=-1, status=5).SerializeToString()


class Peer:
    def __init__(self, connection, framing):
        self.connection, self.framing, self.data, self.next = connection, framing, b"", 0
        self.leaves = False

    def readable(self):
        """Takes one packet, answers when it ends a call; False when the connection is over."""
        if self.leaves:
            return False
        packet = self.connection.recv(1 << 20)
        if not packet:
            return False
        if self.framing == "raw":
            return self.answer(packet)
        if len(packet) < HEADER.size:
            return False
        total, size, index, count = HEADER.unpack_from(packet)
        if size != len(packet) - HEADER.size or index != self.next or total > LIMIT:
            return False
        self.data, self.next = self.data + packet[HEADER.size:], self.next + 1
        if self.next < count:
            return True
        data, self.data, self.next = self.data, b"", 0
        return self.answer(data)

    def answer(self, data):
        call = Call()
        try:
            call.ParseFromString(data)
        except Exception:  # pylint: disable=broad-except
            return self.send([REFUSED] if self.framing == "raw" else chunks(REFUSED))
        behaviours = RAW if self.framing == "raw" else CHUNKED
        number = call.method - FIRST_METHOD
        if call.module != 2 or not 0 <= number < len(behaviours):
            refusal = Response(sequence=call.sequence, status=3).SerializeToString()
            return self.send([refusal] if self.framing == "raw" else chunks(refusal))
        return self.send(behaviours[number](call))

    def send(self, packets):
        for packet in packets:
            if packet is None:
                return False
            if packet is LEAVES:
                self.leaves = True
                return True
            self.connection.send(packet)
        return True


def serve(path, framing):
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.path.exists(path):
        os.unlink(path)
    listener.bind(path)
    listener.listen(128)

    def leave(*_):
        os.unlink(path)
        os._exit(0)

    signal.signal(signal.SIGTERM, leave)
    # Whoever starts this process may have blocked it, and children inherit that.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    os.write(1, b"ready\n")
    while True:
        for key, _ in selector.select():
            if key.fileobj is listener:
                connection, _ = listener.accept()
                selector.register(connection, selectors.EVENT_READ, Peer(connection, framing))
                continue
            try:
                stays = key.data.readable()
            except OSError:
                stays = False
            if not stays:
                selector.unregister(key.fileobj)
                key.fileobj.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("path", nargs="?")
    parser.add_argument("--framing", choices=["raw", "chunked"], default="chunked")
    parser.add_argument("--list", action="store_true", help="print the methods of each framing and end")
    options = parser.parse_args()
    if options.list:
        for framing, behaviours in (("chunked", CHUNKED), ("raw", RAW)):
            for number, behaviour in enumerate(behaviours, start=FIRST_METHOD):
                print(framing, number, behaviour.__name__)
    else:
        serve(options.path, options.framing)


if __name__ == "__main__":
    main()
