"""REST to a DDS-RPC service, beside a native C client of the same service, in one run; what a stopped service does to another
one; memory for 100 services. `make bench-dds`.

Prints one line for each figure. Needs wrk, idlc and a C compiler; takes about two minutes."""

import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROBOT = """module robot {
  exception TooFast {};
  interface RobotControl { float setSpeed(in float speed) raises (TooFast); };
};
"""
LAB = "module lab { interface Base { long ping(in long value); }; };\n"
PUT = """wrk.method = "PUT"
wrk.body = '{"speed":3.5}'
wrk.headers["Content-Type"] = "application/json"
"""
PING = """wrk.method = "POST"
wrk.body = '{"value":7}'
wrk.headers["Content-Type"] = "application/json"
"""
DOMAIN = 93
SECONDS = 5


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, text=True, capture_output=True, **options).stdout


def compiled(folder):
    for name in ["lab.idl", "peer.c"]:
        shutil.copy(ROOT / "Tests/Peers/idlc" / name, folder)
    run("idlc", "lab.idl", cwd=folder)
    run("cc", "-O2", "-I.", "-o", "peer", "peer.c", "lab.c", "-lddsc", cwd=folder)
    return folder / "peer"


def started(*command, until):
    process = subprocess.Popen(
        [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True)
    for line in process.stdout:
        if until in line:
            return process, line
    sys.exit(f"{command[0]} did not start")


def gateway(program, folder, services):
    configuration = folder / "drawbridge.yaml"
    configuration.write_text(
        f"listen: [127.0.0.1:0]\nlog: {{ access: false }}\nservices:\n{services}")
    process, line = started(program, "serve", "-c", configuration, until='"event":"serving"')
    return process, int(line.split("127.0.0.1:")[1].split('"')[0].split()[0])


def service(name, path, idl, interface, more=""):
    return (f"  {name}:\n    dds: {{ domain: {DOMAIN}, interface: lo, multicast: false, peers: [127.0.0.1]{more} }}\n"
            f"    idl: {{ files: [{idl}], interface: \"{interface}\" }}\n    routes: {{ {path} }}\n")


def wrk(script, url, connections, seconds=SECONDS):
    """Requests a second, median and 99th percentile in microseconds, answers other than 2xx."""
    text = run("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", script, url)
    scale = {"us": 1.0, "ms": 1e3, "s": 1e6}

    def latency(label):
        value = next(line for line in text.splitlines() if line.strip().startswith(label)).split()[1]
        unit = value.lstrip("0123456789.")
        return float(value.removesuffix(unit)) * scale[unit]

    rate = float(text.split("Requests/sec:")[1].split()[0])
    bad = text.split("Non-2xx or 3xx responses:")[1].split()[0] if "Non-2xx" in text else "0"
    return rate, latency("50%"), latency("99%"), int(bad)


def beside_native(peer, script, url):
    for outstanding in [1, 64]:
        native = [float(part) for part in run(peer, "bench", DOMAIN, outstanding, SECONDS).split()]
        rest = wrk(script, url, outstanding)
        print(f"{outstanding:3} outstanding: native C {native[0]:8.0f}/s, p50 {native[1]:7.1f} us; "
              f"REST {rest[0]:8.0f}/s, p50 {rest[1]:7.1f} us; rate x{rest[0] / native[0]:.2f}, "
              f"p50 x{rest[1] / native[1]:.2f}; failures {rest[3]}")


def beside_stopped(lab, script, ping, base):
    """p99 of the robot with, and without, 64 calls that wait for a stopped service."""
    pairs = []
    for _ in range(5):
        alone = wrk(script, f"{base}/robot/speed", 16, 3)
        lab.send_signal(signal.SIGSTOP)
        waiting = subprocess.Popen(
            ["wrk", "-t1", "-c64", "-d4s", "-s", str(ping), f"{base}/lab/ping"], stdout=subprocess.DEVNULL)
        time.sleep(0.5)
        beside = wrk(script, f"{base}/robot/speed", 16, 3)
        waiting.wait()
        lab.send_signal(signal.SIGCONT)
        pairs.append(beside[2] / alone[2])
        print(f"    p99 alone {alone[2]:.0f} us, beside 64 calls to a stopped service {beside[2]:.0f} us; "
              f"failures {alone[3] + beside[3]}")
    print(f"stopped service: median p99 ratio {statistics.median(pairs):.2f}")


def memory(program, folder):
    sizes = []
    for count in [1, 100]:
        services = "".join(
            service(f"robot{number}", f"setSpeed: {{ put: /r{number} }}", "robot.idl", "robot::RobotControl",
                    f", service: S{number}") for number in range(count))
        process, _ = gateway(program, folder, services)
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        sizes.append(int(status.split("VmRSS:")[1].split()[0]))
        process.terminate()
        process.wait()
    print(f"memory: 1 service {sizes[0] / 1024:.1f} MiB, 100 services {sizes[1] / 1024:.1f} MiB")


def main():
    program = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "robot.idl").write_text(ROBOT)
        (folder / "lab.idl").write_text(LAB)
        (folder / "put.lua").write_text(PUT)
        (folder / "ping.lua").write_text(PING)
        build = folder / "build"
        build.mkdir()
        peer = compiled(build)
        robot, _ = started(peer, "serve", DOMAIN, until="ready")
        served, port = gateway(
            program, folder,
            service("robot", "setSpeed: { put: /robot/speed }", "robot.idl", "robot::RobotControl")
            + service("lab", "ping: { post: /lab/ping, timeout: 20s }", "lab.idl", "lab::Base"))
        base = f"http://127.0.0.1:{port}"
        wrk(folder / "put.lua", f"{base}/robot/speed", 4, 1)
        beside_native(peer, folder / "put.lua", f"{base}/robot/speed")
        # The robot's process has the lab's topics as well: one that has only these is stopped beside it.
        robot.stdin.close()
        robot.wait()
        robot, _ = started(peer, "serve", DOMAIN, "robot", until="ready")
        lab, _ = started(peer, "serve", DOMAIN, "lab", until="ready")
        wrk(folder / "put.lua", f"{base}/robot/speed", 4, 2)
        beside_stopped(lab, folder / "put.lua", folder / "ping.lua", base)
        for process in [served, robot, lab]:
            process.kill()
            process.wait()
        memory(program, folder)


main()
