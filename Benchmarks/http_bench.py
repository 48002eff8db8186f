#!/usr/bin/env python3
"""HTTP benchmark: what Drawbridge costs beside C programs that do less.

    a  libmicrohttpd alone, answering a constant JSON body
    b  a C relay: one loop, 8 dRPC connections with one call in flight each, no translation
    c  Drawbridge: `serve --loops 1`, 8 connections, access log off, JSON to protobuf and back

b and c share one dRPC echo server and put the same bytes on its socket: b is given the protobuf form of the
message that c is given as JSON. Rounds alternate a, b, c, so that a slow minute of the machine hits all three.
`wrk -t1` makes the load; 64 connections for throughput, 1 for latency.

`RELEASE` holds the build options of a release; the Makefile sets it.

Exits with 1 when c/b falls below the promised ratio (small body, 64 connections), with 2 when it cannot run.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
HERE = ROOT / "Benchmarks" / "HTTP"

CONNECTIONS = 8
THROUGHPUT_CLIENTS = 64
PROMISED_RATIO = 0.72
START_TIMEOUT = 10.0
STOP_TIMEOUT = 5.0
MEASUREMENT_SLACK = 15.0

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
"""

# Notes every answer that is not 200, so that a fast refusal is not taken for throughput.
WRK_SCRIPT = """\
local file = io.open("{body}", "rb")
wrk.method = "POST"
wrk.body = file:read("*a")
wrk.headers["Content-Type"] = "{type}"
done = function(summary, latency, requests)
  io.write(string.format("RESULT %d %d %d %d %.1f %.1f\\n", summary.requests, summary.duration,
    summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write
    + summary.errors.timeout, latency:percentile(50), latency:percentile(99)))
end
"""


class BenchmarkError(Exception):
    """Something that makes figures impossible or worthless."""


def message(size):
    """A message in protobuf's JSON form, as compact JSON of about `size` bytes."""
    body = {"id": "pool-07", "sequence": "90071992547", "priority": 3, "state": "STATE_READY",
            "owner": {"user": "ann"}}
    number = 0
    while len(encoded(body)) + 40 < size:
        sample = {"time": str(1763690000000000000 + number * 1000003), "rank": number % 64 + 1,
                  "value": round(0.5 + number * 1.37, 2), "unit": "GiB/s"}
        body.setdefault("samples", []).append(sample)
        if number % 4 == 0:
            body.setdefault("labels", []).append(f"rack-{number:03d}")
            body.setdefault("ranks", []).append(number * 37 + 1)
        number += 1
    return body


def encoded(body):
    return json.dumps(body, separators=(",", ":")).encode()


def text_format(value, name):
    """protobuf's text format of a JSON value, for `protoc --encode`."""
    if isinstance(value, dict):
        inner = " ".join(text_format(item, key) for key, item in value.items())
        return f"{name} {{ {inner} }}" if name else inner
    if isinstance(value, list):
        return " ".join(text_format(item, name) for item in value)
    if isinstance(value, bool):
        return f"{name}: {str(value).lower()}"
    if isinstance(value, str) and name not in ("sequence", "time", "state"):
        return f"{name}: {json.dumps(value)}"
    return f"{name}: {value}"


def protobuf(body):
    result = subprocess.run(
        ["protoc", "--encode=bench.Message", f"--proto_path={HERE}", "bench.proto"],
        input=text_format(body, "").encode(), capture_output=True, check=False)
    if result.returncode != 0:
        raise BenchmarkError("protoc: " + result.stderr.decode().strip())
    return result.stdout


def build(folder, with_drawbridge):
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libmicrohttpd"], capture_output=True,
                           text=True, check=True).stdout.split()
    for name in ("constant", "relay", "echo"):
        subprocess.run(["gcc", "-O2", "-Wall", "-o", str(folder / name), str(HERE / f"{name}.c"), *flags],
                       check=True)
    if not with_drawbridge:
        return None
    command = ["swift", "build", *os.environ["RELEASE"].split(), "--product", "drawbridge"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr)
    shown = subprocess.run([*command, "--show-bin-path"], cwd=ROOT, check=True, capture_output=True, text=True)
    return pathlib.Path(shown.stdout.strip()) / "drawbridge"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Servers:
    """Child processes, all of which are gone when the `with` block is left."""

    def __init__(self, folder):
        self.folder = folder
        self.children = []

    def __enter__(self):
        return self

    def start(self, name, command, ready):
        with open(self.folder / f"{name}.log", "wb") as log:
            child = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log,
                                     stdin=subprocess.DEVNULL)
        self.children.append(child)
        deadline = time.monotonic() + START_TIMEOUT
        while not ready():
            if child.poll() is not None or time.monotonic() > deadline:
                log = (self.folder / f"{name}.log").read_text(errors="replace")
                raise BenchmarkError(f"{name} did not start:\n{log}")
            time.sleep(0.02)

    def __exit__(self, *_):
        for child in reversed(self.children):
            child.terminate()
        for child in self.children:
            try:
                child.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def answers(port):
    def check():
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0
    return check


def post(url, body, content_type):
    request = urllib.request.Request(url, data=body, headers={"Content-Type": content_type})
    # No proxy: an environment's setting must not come between two processes of one machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5) as answer:
            return answer.read()
    except OSError as error:
        detail = error.read().decode(errors="replace") if hasattr(error, "read") else ""
        raise BenchmarkError(f"POST {url}: {error} {detail}") from error


def measure(target, clients, seconds):
    """Requests per second, and the 50th and 99th percentile of latency in microseconds."""
    result = subprocess.run(
        ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "-s", target["script"], target["url"]],
        capture_output=True, text=True, check=False, timeout=seconds + MEASUREMENT_SLACK)
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) ([\d.]+) ([\d.]+)", result.stdout)
    if not found:
        raise BenchmarkError("wrk: " + result.stdout + result.stderr)
    requests, duration, refused, broken = (int(part) for part in found.groups()[:4])
    if requests == 0 or refused or broken:
        raise BenchmarkError(
            f"{target['url']}: {requests} answers, {refused} not 200, {broken} broken connections")
    return requests / (duration / 1e6), float(found[5]), float(found[6])


def spread(values, form):
    return f"{form(statistics.median(values))} ({form(min(values))}–{form(max(values))})"


def thousands(value):
    return f"{value / 1000:.1f} k"


def microseconds(value):
    return f"{value:.0f}"


def prepare(servers, folder, program, sizes):
    """Starts everything and gives {size: {column: target}}."""
    path = folder / "echo.sock"
    servers.start("echo", [folder / "echo", path], path.exists)
    relay, gateway = free_port(), free_port()
    servers.start("relay", [folder / "relay", relay, path, CONNECTIONS], answers(relay))
    if program:
        config = folder / "drawbridge.yaml"
        config.write_text(CONFIGURATION.format(
            port=gateway, socket=path, connections=CONNECTIONS, proto=HERE / "bench.proto"))
        servers.start("drawbridge", [program, "serve", "-c", config, "--loops", "1"], answers(gateway))
    targets = {}
    for size in sizes:
        body = message(size)
        text, wire = encoded(body), protobuf(body)
        constant = free_port()
        json_file, wire_file = folder / f"{size}.json", folder / f"{size}.binpb"
        json_file.write_bytes(text)
        wire_file.write_bytes(wire)
        servers.start(f"constant-{size}", [folder / "constant", constant, json_file], answers(constant))
        columns = {"a": (constant, json_file, "application/json"),
                   "b": (relay, wire_file, "application/x-protobuf")}
        if program:
            columns["c"] = (gateway, json_file, "application/json")
        targets[size] = {}
        for column, (port, file, content_type) in columns.items():
            url = f"http://127.0.0.1:{port}/v1/echo"
            answer = post(url, file.read_bytes(), content_type)
            same = answer == wire if column == "b" else json.loads(answer) == body
            if not same:
                raise BenchmarkError(f"{column} answered {size} bytes wrongly: {answer[:300]!r}")
            script = folder / f"{column}-{size}.lua"
            script.write_text(WRK_SCRIPT.format(body=file, type=content_type))
            targets[size][column] = {"url": url, "script": str(script)}
        print(f"body of {size}: {len(text)} bytes of JSON, {len(wire)} of protobuf", file=sys.stderr)
    return targets


def run(options, folder):
    with_drawbridge = not options.without_drawbridge
    program = build(folder, with_drawbridge)
    results = {}
    with Servers(folder) as servers:
        targets = prepare(servers, folder, program, options.sizes)
        for columns in targets.values():
            for target in columns.values():
                measure(target, THROUGHPUT_CLIENTS, 1)
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
            for size, columns in targets.items():
                for clients in (THROUGHPUT_CLIENTS, 1):
                    for column, target in columns.items():
                        figures = measure(target, clients, options.seconds)
                        results.setdefault((size, clients, column), []).append(figures)
    return results


def table(results, sizes):
    """Prints the Markdown table; gives the ratio c/b of the first size, None without c."""
    names = {"a": "libmicrohttpd, constant", "b": "C relay", "c": "Drawbridge"}
    print("| body | server | requests/s, 64 connections | c/b | p50 µs, 1 connection | p99 µs, 1 connection |")
    print("| --- | --- | --- | --- | --- | --- |")
    promised = None
    for size in sizes:
        for column, name in names.items():
            if (size, 1, column) not in results:
                continue
            rates = [figures[0] for figures in results[size, THROUGHPUT_CLIENTS, column]]
            cell = ""
            if column == "c":
                relay = [figures[0] for figures in results[size, THROUGHPUT_CLIENTS, "b"]]
                ratio = statistics.median(rates) / statistics.median(relay)
                # Rounds are paired: both figures of a pair come from the same few seconds.
                pairs = [ours / theirs for ours, theirs in zip(rates, relay)]
                cell = f"{ratio:.2f} ({min(pairs):.2f}–{max(pairs):.2f})"
                promised = ratio if promised is None else promised
            single = results[size, 1, column]
            print(f"| {size} | {column}: {name} | {spread(rates, thousands)} | {cell} "
                  f"| {spread([figures[1] for figures in single], microseconds)} "
                  f"| {spread([figures[2] for figures in single], microseconds)} |")
    return promised


def interrupted(*_):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(description="Compare Drawbridge with C programs that do less.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each measurement")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 8000], help="of the JSON bodies, in bytes")
    parser.add_argument("--without-drawbridge", action="store_true", help="only the two C programs")
    options = parser.parse_args()
    missing = [tool for tool in ("gcc", "pkg-config", "protoc", "wrk") if not shutil.which(tool)]
    if missing:
        print(f"missing: {', '.join(missing)}; `make bench` installs what it needs", file=sys.stderr)
        return 2
    # A supervisor's SIGTERM must stop the servers too.
    signal.signal(signal.SIGTERM, interrupted)
    with tempfile.TemporaryDirectory(prefix="drawbridge-bench-") as folder:
        try:
            results = run(options, pathlib.Path(folder))
        except (BenchmarkError, subprocess.SubprocessError) as error:
            print(f"benchmark: {error}", file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            print("benchmark: stopped", file=sys.stderr)
            return 130
    print(f"\n{os.cpu_count()} cores, {options.rounds} rounds of {options.seconds} s; "
          "median (minimum–maximum)\n", flush=True)
    ratio = table(results, options.sizes)
    if ratio is not None and ratio < PROMISED_RATIO:
        print(f"\nc/b is {ratio:.2f}, below the promised {PROMISED_RATIO}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
