#!/usr/bin/env python3
"""An independent dRPC peer, client and server, for the tests: Google's protobuf, struct and sockets only.

  drpc_peer.py server PATH --framing raw|chunked [--behaviour NAME]
  drpc_peer.py client PATH --framing raw|chunked

The server prints "ready" when it listens and serves until its standard input ends. Methods of module 2: 203 echoes,
204 answers with the status whose number is the body, 205 answers with as many bytes as the body says. The client
runs a fixed series of calls against a server with the same methods and exits with 1 at the first surprise.
"""
import argparse
import os
import socket
import struct
import sys
import threading

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

HEADER = struct.Struct("<QQII")
PACKET = 131072
DATA = PACKET - HEADER.size


def messages():
    """drpc.proto, as a descriptor."""
    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="drpc.proto", package="drpc", syntax="proto3")
    status = file.enum_type.add(name="Status")
    names = ("SUCCESS SUBMITTED FAILURE UNKNOWN_MODULE UNKNOWN_METHOD FAILED_UNMARSHAL_CALL "
             "FAILED_UNMARSHAL_PAYLOAD FAILED_MARSHAL").split()
    for number, name in enumerate(names):
        status.value.add(name=name, number=number)

    def message(name, *fields):
        entry = file.message_type.add(name=name)
        for number, (field_name, kind, type_name) in enumerate(fields, start=1):
            entry.field.add(name=field_name, number=number, type=kind, type_name=type_name,
                            label=field.LABEL_OPTIONAL)

    message("Call", ("module", field.TYPE_INT32, None), ("method", field.TYPE_INT32, None),
            ("sequence", field.TYPE_INT64, None), ("body", field.TYPE_BYTES, None))
    message("Response", ("sequence", field.TYPE_INT64, None), ("status", field.TYPE_ENUM, ".drpc.Status"),
            ("body", field.TYPE_BYTES, None))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return [message_factory.GetMessageClass(pool.FindMessageTypeByName("drpc." + name))
            for name in ("Call", "Response")]


Call, Response = messages()


def chunks(data):
    """The packets of a message; an empty message is a header alone."""
    count = max(1, -(-len(data) // DATA))
    for index in range(count):
        part = data[index * DATA:(index + 1) * DATA]
        yield HEADER.pack(len(data), len(part), index, count) + part


def packet_of(connection):
    """The next packet; None at the end."""
    packet = connection.recv(1 << 20)
    return packet or None


def send_message(connection, data, framing):
    for packet in [data] if framing == "raw" else chunks(data):
        connection.send(packet)


def receive_message(connection, framing):
    """One message, strictly checked; None at the end."""
    packet = packet_of(connection)
    if packet is None or framing == "raw":
        return packet
    data, expected = b"", 0
    while True:
        total, size, index, count = HEADER.unpack_from(packet)
        assert len(packet) <= PACKET and size == len(packet) - HEADER.size, "packet length"
        assert index == expected and count == max(1, -(-total // DATA)), "chunk numbering"
        data, expected = data + packet[HEADER.size:], expected + 1
        if expected == count:
            assert len(data) == total, "total"
            return data
        packet = packet_of(connection)
        assert packet is not None, "end in the middle of a message"


def answer(call):
    reply = Response(sequence=call.sequence)
    if call.module != 2:
        reply.status = 3
    elif call.method == 203:
        reply.body = call.body
    elif call.method == 204:
        reply.status = int(call.body)
    elif call.method == 205:
        reply.body = b"x" * int(call.body)
    else:
        reply.status = 4
    return reply


def respond(connection, call, framing, behaviour, state):
    """Answers one call in the way of `behaviour`; False ends the connection."""
    reply = answer(call)
    data = reply.SerializeToString()
    # The framing probe is always answered properly.
    if call.module == 77:
        behaviour = "good"
    if behaviour == "wrong-sequence":
        reply.sequence += 1
        data = reply.SerializeToString()
    elif behaviour == "close-before-reply":
        return False
    elif behaviour == "close-in-reply":
        packets = list(chunks(b"x" * (3 * DATA)))
        connection.send(packets[0])
        return False
    elif behaviour == "never":
        return True
    elif behaviour == "bad-header":
        connection.send(HEADER.pack(len(data), len(data) + 1, 0, 1) + data)
        return True
    elif behaviour == "bad-message":
        data = b"\xff\xff"
    elif behaviour == "too-large":
        # The header of the first chunk of 64 MiB + 1 byte.
        total = 64 * 1024 * 1024 + 1
        connection.send(HEADER.pack(total, DATA, 0, -(-total // DATA)) + b"x" * DATA)
        return True
    elif behaviour == "late":
        # The answer to the previous call comes together with this one's.
        previous, state["held"] = state.get("held"), data
        if previous is None:
            return True
        send_message(connection, previous, framing)
    elif behaviour == "twice":
        send_message(connection, data, framing)
    send_message(connection, data, framing)
    return True


def serve_connection(connection, framing, behaviour):
    state = {}
    with connection:
        while True:
            try:
                if framing == "chunked":
                    packet = connection.recv(1 << 20, socket.MSG_PEEK)
                    if packet and (len(packet) < HEADER.size or
                                   HEADER.unpack_from(packet)[1] != len(packet) - HEADER.size):
                        return  # what a chunked DAOS server does with a raw call
                data = receive_message(connection, framing)
            except (OSError, AssertionError):
                return
            if data is None:
                return
            call = Call()
            try:
                call.ParseFromString(data)
            except Exception:  # pylint: disable=broad-except
                send_message(connection, Response(sequence=-1, status=5).SerializeToString(), framing)
                continue
            try:
                if not respond(connection, call, framing, behaviour, state):
                    return
            except OSError:
                return


def serve(path, framing, behaviour):
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(path)
    listener.listen(128)

    def accept():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve_connection, args=(connection, framing, behaviour),
                             daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    os.write(1, b"ready\n")
    sys.stdin.read()
    os.unlink(path)
    os._exit(0)


def expect(got, wanted, what):
    if got != wanted:
        sys.exit(f"{what}: got {got!r:.200}, wanted {wanted!r:.200}")


def call(connection, framing, sequence, method, body=b"", module=2):
    message = Call(module=module, method=method, sequence=sequence, body=body)
    send_message(connection, message.SerializeToString(), framing)
    data = receive_message(connection, framing)
    if data is None:
        sys.exit(f"call {sequence} of {module}/{method}: the server closed the connection")
    reply = Response()
    reply.ParseFromString(data)
    expect(reply.sequence, sequence, f"sequence of {module}/{method}")
    return reply


def connect(path):
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.settimeout(10)
    connection.connect(path)
    return connection


def run_client(path, framing):
    first, second = connect(path), connect(path)
    sizes = [1, 100, 100_000] if framing == "raw" else [1, 131_030, 131_048, 131_049, 262_097, 5_000_000]
    for sequence, size in enumerate(sizes, start=1):
        body = bytes(position % 251 for position in range(size))
        expect(call(first, framing, sequence, 203, body).body, body, f"echo of {size} bytes")
    for status in range(8):
        expect(call(second, framing, 100 + status, 204, str(status).encode()).status, status, "status")
    expect(call(second, framing, 200, 999).status, 4, "unknown method")
    expect(call(second, framing, 201, 1, module=77).status, 3, "unknown module")
    # Calls that were sent together are answered in order.
    for sequence in range(300, 310):
        message = Call(module=2, method=203, sequence=sequence, body=b"%d" % sequence)
        send_message(first, message.SerializeToString(), framing)
    for sequence in range(300, 310):
        reply = Response()
        reply.ParseFromString(receive_message(first, framing))
        expect((reply.sequence, reply.body), (sequence, b"%d" % sequence), "order")
    # Garbage is answered and the connection stays.
    send_message(first, b"\xff\xff\xff", framing)
    reply = Response()
    reply.ParseFromString(receive_message(first, framing))
    expect((reply.sequence, reply.status), (-1, 5), "garbage")
    expect(call(first, framing, 400, 203, b"still here").body, b"still here", "after garbage")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=["server", "client"])
    parser.add_argument("path")
    parser.add_argument("--framing", choices=["raw", "chunked"], default="chunked")
    parser.add_argument("--behaviour", default="good")
    options = parser.parse_args()
    if options.role == "server":
        serve(options.path, options.framing, options.behaviour)
    else:
        run_client(options.path, options.framing)


if __name__ == "__main__":
    main()
