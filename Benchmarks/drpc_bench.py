#!/usr/bin/env python3
"""dRPC benchmark: what the way through HTTP costs, and whether a service that stalls slows another one.

    n  a native dRPC client in C: 8 connections, one call in flight each, no HTTP
    b  a C relay: HTTP in front of 8 dRPC connections, no translation
    c  Drawbridge: `serve --loops 1`, 8 connections, JSON to protobuf and back

All three call one echo server with the same bytes, in turn, so that a slow minute of the machine hits all of them. 8
clients make the load, one for each connection.

Then pairs of measurements of one service on a gateway with two: with the other one idle, and with the other one
stopped (SIGSTOP) while 64 requests wait for it. And the calls of the allocator for one request.

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

CLIENTS = 8
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
    result = subprocess.run([str(folder / "native"), str(path), str(CLIENTS), str(seconds), str(wire)],
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
    config.write_text(CONFIGURATION.format(port=port, connections=CLIENTS, proto=bench.HERE / "bench.proto", **paths))
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
    relay, gateway = bench.free_port(), bench.free_port()
    config = folder / "drawbridge.yaml"
    config.write_text(CONFIGURATION.format(
        port=gateway, connections=CLIENTS, proto=bench.HERE / "bench.proto", **paths))
    through, stalled = {"n": [], "b": [], "c": []}, []
    with bench.Servers(folder) as servers:
        servers.start("echo", [folder / "echo", paths["socket"]], paths["socket"].exists)
        servers.start("other", [folder / "echo", paths["other"]], paths["other"].exists)
        other = servers.children[-1]
        servers.start("relay", [folder / "relay", relay, paths["socket"], CLIENTS], bench.answers(relay))
        servers.start("drawbridge", [program, "serve", "-c", config, "--loops", "1"], bench.answers(gateway))
        targets = {
            "b": target(folder, "b", f"http://127.0.0.1:{relay}/v1/echo", folder / "body.binpb",
                        "application/x-protobuf"),
            "c": target(folder, "c", f"http://127.0.0.1:{gateway}/v1/echo", folder / "body.json",
                        "application/json")}
        for path in ("echo", "other"):
            bench.post(f"http://127.0.0.1:{gateway}/v1/{path}", text, "application/json")
        for each in targets.values():
            bench.measure(each, CLIENTS, 1)
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
            through["n"].append(native(folder, paths["socket"], folder / "body.binpb", options.seconds))
            for name, each in targets.items():
                through[name].append(bench.measure(each, CLIENTS, options.seconds))
            alone = bench.measure(targets["c"], CLIENTS, options.seconds)
            with Stall(other, gateway, text):
                stalled.append((alone, bench.measure(targets["c"], CLIENTS, options.seconds)))
    servers = bench.Servers(folder)
    with servers:
        for name, path in paths.items():
            path.unlink(missing_ok=True)
            servers.start(f"counted-{name}", [folder / "echo", path], path.exists)
        counted = allocations(folder, program, text, paths)
    return through, stalled, counted


def report(through, stalled, counted):
    """Prints the tables; True when what is promised holds."""
    names = {"n": "dRPC client in C, no HTTP", "b": "C relay", "c": "Drawbridge"}
    print(f"| client | calls/s, {CLIENTS} connections | p50 µs | p99 µs |\n| --- | --- | --- | --- |")
    for column, name in names.items():
        cells = [bench.spread([figures[0] for figures in through[column]], bench.thousands)]
        cells += [bench.spread([figures[index] for figures in through[column]], bench.microseconds)
                  for index in (1, 2)]
        print(f"| {column}: {name} | {' | '.join(cells)} |")
    pairs = [ours[0] / theirs[0] for ours, theirs in zip(through["c"], through["b"])]
    ratio = statistics.median(pairs)
    print(f"\nc/b {bench.spread(pairs, '{:.2f}'.format)}")
    alone = statistics.median(first[2] for first, _ in stalled)
    beside = statistics.median(second[2] for _, second in stalled)
    bound = alone * PROMISED_SLOWDOWN + PROMISED_SLACK
    slowdowns = [second[2] / first[2] for first, second in stalled]
    print(f"p99 of a service, alone {alone:.0f} µs, beside a stalled one {beside:.0f} µs "
          f"({bench.spread(slowdowns, '{:.2f}'.format)}); promised at most {bound:.0f} µs")
    print(f"allocations a request: {counted:.1f}; promised at most {PROMISED_ALLOCATIONS}")
    holds = True
    if ratio < PROMISED_RATIO:
        print(f"c/b is {ratio:.2f}, below the promised {PROMISED_RATIO}", file=sys.stderr)
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
