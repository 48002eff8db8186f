#!/usr/bin/env python3
"""Transcoding benchmark: Drawbridge beside Google's json_util and SwiftProtobuf's generated code, in one run.

    drawbridge  bytes to bytes, by the program compiled from a descriptor set
    json_util   C++, with a type resolver: what transcoders without generated code use
    generated   SwiftProtobuf: the messages of bench.pb.swift, parsed and serialised

Each message both ways, in rounds that alternate the three, so that a slow minute of the machine hits all. The
figures are medians of the rounds; the spread is that of the ratio.

Exits with 1 when a ratio to json_util is below the promised one or a call allocates per field, with 2 when it
cannot run.
"""

import argparse
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent / "Transcoding"

GOAL = {"pool": 10.0}
GOAL_ELSEWHERE = 5.0
# Half of the goal is the least.
LEAST = 0.5


class BenchmarkError(Exception):
    """Something that makes figures impossible."""


def checked(command):
    try:
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise BenchmarkError(f"{command[0]}: {error}") from error


class Subject:
    """A program that answers measurements on its standard input."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def measure(self, *words):
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise BenchmarkError(f"{self.process.args[0]} has ended at: {' '.join(words)}")
        return float(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)


def prepare(folder, program):
    """Writes the messages, compiles the descriptor set and the C++ program."""
    folder.mkdir(parents=True, exist_ok=True)
    checked([program, "prepare", str(folder)])
    descriptors = str(folder / "bench.binpb")
    checked(["protoc", f"--proto_path={HERE}", "--include_imports", f"--descriptor_set_out={descriptors}",
             "bench.proto", "scalars.proto"])
    cpp = str(folder / "json_util")
    checked(["g++", "-O2", "-std=c++17", "-o", cpp, str(HERE / "json_util.cpp"), "-lprotobuf"])
    return descriptors, cpp


def report(name, direction, sizes, rounds):
    drawbridge, json_util, generated = (statistics.median(r[i] for r in rounds) for i in range(3))
    ratios = sorted(r[1] / r[0] for r in rounds)
    ratio = statistics.median(ratios)
    other = statistics.median(r[2] / r[0] for r in rounds)
    goal = GOAL.get(name, GOAL_ELSEWHERE)
    mark = "" if ratio >= goal else " below the goal" if ratio >= goal * LEAST else " TOO SLOW"
    print(f"{name:9} {direction:8} {sizes[0]:>7} {sizes[1]:>7} {drawbridge / 1000:10.2f} {json_util / 1000:10.2f} "
          f"{generated / 1000:10.2f}   {ratio:5.1f} ({ratios[0]:.1f} to {ratios[-1]:.1f})   {other:5.1f}{mark}",
          flush=True)
    return ratio >= goal * LEAST


def run(arguments):
    folder = pathlib.Path(arguments.folder)
    descriptors, cpp = prepare(folder, arguments.program)
    ours = Subject([arguments.program, "measure", str(folder), descriptors])
    theirs = Subject([cpp, str(folder), descriptors])
    print("                     bytes    JSON   microseconds a message             ratio to json_util      to")
    print("message   way         wire   bytes drawbridge  json_util  generated   median (spread)    generated")
    is_fast = True
    seconds = str(arguments.seconds)
    for line in (folder / "index.txt").read_text().splitlines():
        name, kind, *sizes = line.split()
        for direction in ("to-json", "to-wire"):
            rounds = [(ours.measure("drawbridge", name, direction, seconds),
                       theirs.measure(name, kind, direction, seconds),
                       ours.measure("generated", name, direction, seconds)) for _ in range(arguments.rounds)]
            is_fast = report(name, direction, sizes, rounds) and is_fast
    ours.close()
    theirs.close()
    print(flush=True)
    counted = subprocess.run([arguments.allocations, descriptors], check=False).returncode
    return 0 if is_fast and counted == 0 else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="transcoding-bench")
    parser.add_argument("allocations", help="transcoding-allocations")
    parser.add_argument("--folder", default=".bench/transcoding", help="for what is written")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.4, help="of one measurement")
    try:
        return run(parser.parse_args())
    except BenchmarkError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
