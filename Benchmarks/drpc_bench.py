#!/usr/bin/env python3
"""dRPC benchmark: what the way through HTTP costs, and whether a service that stalls slows another one.

    n   a native dRPC client in C: 8 connections, one call in flight each, no HTTP
    b   a C relay: one loop, HTTP in front of 8 dRPC connections, no translation
    c   Drawbridge as it is installed (a loop for each core): 8 connections, JSON to protobuf and back
    c1  the same with `--loops 1`

All call one echo server with the same bytes, in turn, so that a slow minute of the machine hits all of them. The load
comes from 64 HTTP clients, of which 56 wait for a dRPC connection at any time, and from 8, so that none does.

Then pairs of measurements of one service on a gateway (`--loops 1`) with two: with the other one idle, and with the other
one stopped (SIGSTOP) while 64 requests wait for it. And the calls of the allocator for one request.

Exits with 1 when one of the figures is worse than what stands below as promised, with 2 when it cannot run.
"""

import argparse
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile

import http_bench as bench

# Connections to the dRPC server, and the numbers of HTTP clients.
CONNECTIONS = 8
LOADS = (64, CONNECTIONS)
# c1/b with as many HTTP clients as connections.
PROMISED_RATIO = 0.9
STALLED_CLIENTS = 64
PROMISED_SLOWDOWN = 1.25
PROMISED_SLACK = 1000.0  # microseconds
# Calls of the allocator for one small request, HTTP library included.
PROMISED_ALLOCATIONS = 18
COUNTED_REQUESTS = 20_000

CONFIGURATION = """\
listen: [127.0.0.1:{port}]
log: {{ access: false }}
services:
  bench:
    drpc: {{ sockets: ["{socket}"], framing: raw, connections: {connections} }}
    protobuf: {{ files: ["{proto}"] }}
    methods:
      Echo: {{ id: 2/203, request: bench.Message, response: bench.Message }}
    routes:
      Echo: {{ post: /v1/echo }}
  other:
    drpc: {{ sockets: ["{other}"], framing: raw, connections: {connections} }}
    protobuf: {{ files: ["{proto}"] }}
    timeout: 600s
    methods:
      Echo: {{ id: 2/203, request: bench.Message, response: bench.Message }}
    routes:
      Echo: {{ post: /v1/other }}
"""


def build(folder):
    program = bench.build(folder, True)
    subprocess.run(["gcc", "-O2", "-Wall", "-o", str(folder / "native"), str(bench.HERE / "native.c")], check=True)
    counter = bench.ROOT / "Tests" / "Peers" / "malloc_counter.c"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-o", str(folder / "counter.so"), str(counter)], check=True)
    return program


def native(folder, path, wire, seconds):
    """Calls per second, and the 50th and 99th percentile of latency in microseconds."""
    result = subprocess.run([str(folder / "native"), str(path), str(CONNECTIONS), str(seconds), str(wire)],
                            capture_output=True, text=True, check=False, timeout=seconds + bench.MEASUREMENT_SLACK)
    if result.returncode != 0:
        raise bench.BenchmarkError("native: " + result.stderr)
    rate, median, late = (float(part) for part in result.stdout.split())
    return rate, median, late


def target(folder, name, url, body, content_type):
    script = folder / f"{name}.lua"
    script.write_text(bench.WRK_SCRIPT.format(body=body, type=content_type))
    return {"url": url, "script": str(script)}


class Stall:
    """A server that takes calls and does not answer, and clients that wait for it."""

    def __init__(self, server, port, body):
        self.server, self.port, self.body, self.clients = server, port, body, []

    def __enter__(self):
        os.kill(self.server.pid, signal.SIGSTOP)
        head = (f"POST /v1/other HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(self.body)}\r\n\r\n").encode()
        for _ in range(STALLED_CLIENTS):
            client = socket.create_connection(("127.0.0.1", self.port))
            client.sendall(head + self.body)
            self.clients.append(client)
        return self

    def __exit__(self, *_):
        os.kill(self.server.pid, signal.SIGCONT)
        for client in self.clients:
            client.settimeout(bench.STOP_TIMEOUT)
            answer = client.recv(4096)
            client.close()
            if not answer.startswith(b"HTTP/1.1 200"):
                raise bench.BenchmarkError(f"a request that waited was answered {answer[:100]!r}")


def allocations(folder, program, text, paths):
    """Calls of the allocator for one request over a kept connection."""
    port, counter = bench.free_port(), folder / "count"
    config = folder / "counted.yaml"
    config.write_text(CONFIGURATION.format(port=port, connections=CONNECTIONS, proto=bench.HERE / "bench.proto", **paths))
    environment = {**os.environ, "LD_PRELOAD": str(folder / "counter.so"), "MALLOC_COUNTER": str(counter)}
    child = subprocess.Popen([str(program), "serve", "-c", str(config), "--loops", "1"], env=environment,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        limit = bench.time.monotonic() + bench.START_TIMEOUT
        while not bench.answers(port)():
            if child.poll() is not None or bench.time.monotonic() > limit:
                raise bench.BenchmarkError("the counted gateway did not start")
            bench.time.sleep(0.02)
        client = socket.create_connection(("127.0.0.1", port))
        request = (f"POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                   f"Content-Length: {len(text)}\r\n\r\n").encode() + text

        def send(number):
            for _ in range(number):
                client.sendall(request)
                if not client.recv(1 << 20).startswith(b"HTTP/1.1 200"):
                    raise bench.BenchmarkError("the counted gateway refused")

        def count():
            return int.from_bytes(counter.read_bytes(), "little")

        send(1000)
        before = count()
        send(COUNTED_REQUESTS)
        return (count() - before) / COUNTED_REQUESTS
    finally:
        child.terminate()
        child.wait()


def measure_all(options, folder):
    program = build(folder)
    paths = {"socket": folder / "echo.sock", "other": folder / "other.sock"}
    body = bench.message(options.size)
    text, wire = bench.encoded(body), bench.protobuf(body)
    (folder / "body.json").write_bytes(text)
    (folder / "body.binpb").write_bytes(wire)
    relay = bench.free_port()
    ports = {"c": bench.free_port(), "c1": bench.free_port()}
    configs = {}
    for name, port in ports.items():
        configs[name] = folder / f"{name}.yaml"
        configs[name].write_text(CONFIGURATION.format(
            port=port, connections=CONNECTIONS, proto=bench.HERE / "bench.proto", **paths))
    through, stalled = {"n": []}, []
    with bench.Servers(folder) as servers:
        servers.start("echo", [folder / "echo", paths["socket"]], paths["socket"].exists)
        servers.start("other", [folder / "echo", paths["other"]], paths["other"].exists)
        other = servers.children[-1]
        servers.start("relay", [folder / "relay", relay, paths["socket"], CONNECTIONS], bench.answers(relay))
        targets = {"b": target(folder, "b", f"http://127.0.0.1:{relay}/v1/echo", folder / "body.binpb",
                               "application/x-protobuf")}
        for name, loops in (("c", []), ("c1", ["--loops", "1"])):
            port = ports[name]
            servers.start(name, [program, "serve", "-c", configs[name], *loops], bench.answers(port))
            targets[name] = target(folder, name, f"http://127.0.0.1:{port}/v1/echo", folder / "body.json",
                                   "application/json")
            for path in ("echo", "other"):
                bench.post(f"http://127.0.0.1:{port}/v1/{path}", text, "application/json")
        for each in targets.values():
            bench.measure(each, LOADS[0], 1)
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
            through["n"].append(native(folder, paths["socket"], folder / "body.binpb", options.seconds))
            for clients in LOADS:
                for name, each in targets.items():
                    through.setdefault((name, clients), []).append(bench.measure(each, clients, options.seconds))
            alone = bench.measure(targets["c1"], CONNECTIONS, options.seconds)
            with Stall(other, ports["c1"], text):
                stalled.append((alone, bench.measure(targets["c1"], CONNECTIONS, options.seconds)))
    servers = bench.Servers(folder)
    with servers:
        for name, path in paths.items():
            path.unlink(missing_ok=True)
            servers.start(f"counted-{name}", [folder / "echo", path], path.exists)
        counted = allocations(folder, program, text, paths)
    return through, stalled, counted


def row(name, clients, figures):
    cells = [bench.spread([each[0] for each in figures], bench.thousands)]
    cells += [bench.spread([each[index] for each in figures], bench.microseconds) for index in (1, 2)]
    print(f"| {name} | {clients} | {' | '.join(cells)} |")


def report(through, stalled, counted):
    """Prints the tables; True when what is promised holds."""
    names = {"b": "b: C relay", "c": "c: Drawbridge", "c1": "c1: Drawbridge, one loop"}
    print(f"| {CONNECTIONS} dRPC connections | HTTP clients | calls/s | p50 µs | p99 µs |\n| --- | --- | --- | --- | --- |")
    row("n: dRPC client in C, no HTTP", "", through["n"])
    for clients in LOADS:
        for column, name in names.items():
            row(name, clients, through[column, clients])
    print()
    ratios = {}
    for clients in LOADS:
        for column in ("c", "c1"):
            # Rounds are paired: both figures of a pair come from the same few seconds.
            pairs = [ours[0] / theirs[0] for ours, theirs in zip(through[column, clients], through["b", clients])]
            ratios[column, clients] = statistics.median(pairs)
            print(f"{column}/b with {clients} HTTP clients: {bench.spread(pairs, '{:.2f}'.format)}")
    ratio = ratios["c1", CONNECTIONS]
    print(f"promised: c1/b with {CONNECTIONS} HTTP clients of at least {PROMISED_RATIO}\n")
    alone = statistics.median(first[2] for first, _ in stalled)
    beside = statistics.median(second[2] for _, second in stalled)
    bound = alone * PROMISED_SLOWDOWN + PROMISED_SLACK
    slowdowns = [second[2] / first[2] for first, second in stalled]
    print(f"p99 of a service, alone {alone:.0f} µs, beside a stalled one {beside:.0f} µs "
          f"({bench.spread(slowdowns, '{:.2f}'.format)}); promised at most {bound:.0f} µs")
    print(f"allocations a request: {counted:.1f}; promised at most {PROMISED_ALLOCATIONS}")
    holds = True
    if ratio < PROMISED_RATIO:
        print(f"c1/b is {ratio:.2f}, below the promised {PROMISED_RATIO}", file=sys.stderr)
        holds = False
    if beside > bound:
        print("a stalled service slows another one", file=sys.stderr)
        holds = False
    if counted > PROMISED_ALLOCATIONS:
        print(f"{counted:.1f} allocations a request are more than promised", file=sys.stderr)
        holds = False
    return holds


def main():
    parser = argparse.ArgumentParser(description="Compare calls through Drawbridge with a dRPC client and a relay in C.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each measurement")
    parser.add_argument("--size", type=int, default=100, help="of the JSON body, in bytes")
    options = parser.parse_args()
    missing = [tool for tool in ("gcc", "pkg-config", "protoc", "wrk") if not shutil.which(tool)]
    if missing:
        print(f"missing: {', '.join(missing)}; `make bench-drpc` installs what it needs", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, bench.interrupted)
    with tempfile.TemporaryDirectory(prefix="drawbridge-bench-") as folder:
        try:
            figures = measure_all(options, pathlib.Path(folder))
        except (bench.BenchmarkError, subprocess.SubprocessError, OSError) as error:
            print(f"benchmark: {error}", file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            print("benchmark: stopped", file=sys.stderr)
            return 130
    print(f"\n{os.cpu_count()} cores, {options.rounds} rounds of {options.seconds} s; median (minimum–maximum)\n",
          flush=True)
    return 0 if report(*figures) else 1


if __name__ == "__main__":
    sys.exit(main())
