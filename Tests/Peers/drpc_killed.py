#!/usr/bin/env python3
"""A dRPC server that is killed with SIGKILL in the middle of a call, again and again.

  drpc_killed.py PATH --kills 1000 [--framing raw|chunked]

Every life answers a few calls, takes one more, and is killed before it can answer that. The socket file of the dead is
left behind or removed, in turn. Prints "ready" when the first one listens, "done N" when as many have died and one more
serves on, with N the longest time in milliseconds from a life's listening to its first call. Ends at SIGTERM.
"""
import argparse
import os
import selectors
import signal
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drpc_peer import Call, Response, receive_message, send_message  # noqa: E402

ANSWERED = 12
WAIT = struct.Struct("<d")


def live(path, framing, answered, report):
    """Serves; after `answered` calls the next one is reported and never answered. None: reports at once, serves on."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    # Bound aside and moved into place: whoever connects finds the dead or the living, never nothing by accident.
    listener.bind(path + ".new")
    listener.listen(128)
    start = time.monotonic()
    os.rename(path + ".new", path)
    if answered is None:
        os.write(report, WAIT.pack(0))
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    waited, count = None, 0
    while True:
        for key, _ in selector.select():
            if key.fileobj is listener:
                selector.register(listener.accept()[0], selectors.EVENT_READ)
                continue
            connection = key.fileobj
            try:
                data = receive_message(connection, framing)
            except (OSError, AssertionError, struct.error):
                data = None
            if data is None:
                selector.unregister(connection)
                connection.close()
                continue
            call = Call()
            try:
                call.ParseFromString(data)
            except Exception:  # pylint: disable=broad-except
                send_message(connection, Response(sequence=-1, status=5).SerializeToString(), framing)
                continue
            if call.module == 77:
                send_message(connection, Response(sequence=call.sequence, status=3).SerializeToString(), framing)
                continue
            waited = time.monotonic() - start if waited is None else waited
            if count == answered:
                os.write(report, WAIT.pack(waited))
                signal.pause()
            count += 1
            reply = Response(sequence=call.sequence, body=call.body)
            send_message(connection, reply.SerializeToString(), framing)


def born(path, framing, answered):
    """Starts a life; gives its process and where it reports."""
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        return child, reader
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.close(reader)
    live(path, framing, answered, writer)
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("path")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--framing", choices=["raw", "chunked"], default="chunked")
    options = parser.parse_args()
    state = {}

    def leave(*_):
        os.kill(state["child"], signal.SIGKILL)
        os._exit(0)

    longest = 0.0
    for number in range(options.kills):
        state["child"], reader = born(options.path, options.framing, ANSWERED)
        if number == 0:
            signal.signal(signal.SIGTERM, leave)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
            while not os.path.exists(options.path):
                time.sleep(0.001)
            os.write(1, b"ready\n")
        longest = max(longest, WAIT.unpack(os.read(reader, WAIT.size))[0])
        os.kill(state["child"], signal.SIGKILL)
        os.waitpid(state["child"], 0)
        os.close(reader)
        if number % 2:
            os.unlink(options.path)
    state["child"], reader = born(options.path, options.framing, None)
    os.read(reader, WAIT.size)
    os.write(1, b"done %d\n" % round(longest * 1000))
    os.waitpid(state["child"], 0)


if __name__ == "__main__":
    main()
