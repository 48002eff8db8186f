#!/usr/bin/env python3
"""CDR benchmark: Drawbridge beside Cyclone DDS for Python, our own protobuf and a hand-written C encoder, in one run.

    drawbridge  bytes to bytes, by the program compiled from IDL
    binding     JSON by Python's json, CDR by Cyclone's classes
    protobuf    drawbridge's protobuf of the same content, where the protobuf benchmark has it
    C           structs in memory to CDR: the limit, without any JSON; one way only

Medians of rounds that alternate them. Exits with 1 when CDR takes more than twice the time of protobuf for like
content, with 2 when it cannot run.
"""

import argparse
import pathlib
import statistics
import sys

from transcoding_bench import BenchmarkError, Subject, checked

HERE = pathlib.Path(__file__).resolve().parent
MOST = 2.0


def run(arguments):
    folder = pathlib.Path(arguments.folder)
    folder.mkdir(parents=True, exist_ok=True)
    idl = str(HERE / "CDR" / "bench.idl")
    checked([arguments.program, "prepare", idl, str(folder)])
    encoder = str(folder / "encoder")
    checked(["gcc", "-O2", "-o", encoder, str(HERE / "CDR" / "encoder.c")])
    ours = Subject([arguments.program, "measure", idl, str(folder)])
    binding = Subject([arguments.python, str(HERE / "CDR" / "binding.py"), str(folder)])
    protobuf = Subject([arguments.protobuf, "measure", arguments.messages, f"{arguments.messages}/bench.binpb"])
    known = {line.split()[0] for line in (pathlib.Path(arguments.messages) / "index.txt").read_text().splitlines()}
    print("                          bytes    JSON   microseconds a message")
    print("message      way          wire   bytes drawbridge    binding   protobuf          C   binding/drawbridge")
    is_fast = True
    seconds = str(arguments.seconds)
    for line in (folder / "index.txt").read_text().splitlines():
        name, _, wire, text = line.split()
        for direction in ("to-json", "to-wire"):
            rows = []
            for _ in range(arguments.rounds):
                row = [ours.measure(name, direction, seconds), binding.measure(name, direction, seconds), None, None]
                if name in known:
                    row[2] = protobuf.measure("drawbridge", name, direction, seconds)
                if direction == "to-wire":
                    row[3] = float(checked([encoder, name, seconds]))
                rows.append(row)
            medians = [statistics.median(row[i] for row in rows) if rows[0][i] is not None else None for i in range(4)]
            is_slow = medians[2] is not None and medians[0] > MOST * medians[2]
            is_fast = is_fast and not is_slow
            cells = " ".join("         -" if value is None else f"{value / 1000:10.3f}" for value in medians)
            print(f"{name:12} {direction:8} {wire:>8} {text:>7} {cells}   {medians[1] / medians[0]:8.1f}"
                  f"{' TOO SLOW' if is_slow else ''}", flush=True)
    for subject in (ours, binding, protobuf):
        subject.close()
    return 0 if is_fast else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="cdr-bench")
    parser.add_argument("protobuf", help="transcoding-bench")
    parser.add_argument("python", help="Python that has cyclonedds")
    parser.add_argument("--messages", default=".bench/transcoding", help="what transcoding_bench.py has written")
    parser.add_argument("--folder", default=".bench/cdr", help="for what is written")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.2, help="of one measurement")
    try:
        return run(parser.parse_args())
    except BenchmarkError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
