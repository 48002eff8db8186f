"""Cyclone DDS for Python: JSON text to CDR and back, by its classes and the standard library's json.

    binding.py DIR    answers lines: CASE DIRECTION SECONDS -> nanoseconds a message
"""
import base64
import dataclasses
import json
import pathlib
import sys
import time

from cyclonedds.idl import IdlEnum, IdlStruct
from cyclonedds.idl.types import (float32, float64, int16, int32, int64, sequence, uint8, uint16, uint32, uint64)


class State(IdlEnum):
    UNSPECIFIED = 0
    READY = 1
    DEGRADED = 2


class Command(IdlEnum):
    START_COMMAND = 0
    STOP_COMMAND = 1


@dataclasses.dataclass
class Request(IdlStruct):
    com: Command


@dataclasses.dataclass
class Item(IdlStruct):
    id: uint64
    name: str
    value: float64
    enabled: bool
    state: State


@dataclasses.dataclass
class List(IdlStruct):
    items: sequence[Item]


@dataclasses.dataclass
class Telemetry(IdlStruct):
    id: uint32
    stamp: uint64
    name: str
    x: float64
    y: float64
    z: float64
    vx: float32
    vy: float32
    vz: float32
    mode: State
    ok: bool
    level: int16
    count: int64
    cells: uint8
    left: int32
    right: int32
    heading: float64
    frame: str
    errors: uint16
    battery: float64


@dataclasses.dataclass
class Blob(IdlStruct):
    data: sequence[uint8]


@dataclasses.dataclass
class Doubles(IdlStruct):
    values: sequence[float64]


def item(value):
    return Item(int(value["id"]), value["name"], value["value"], value["enabled"], State[value["state"]])


def telemetry(value):
    changed = {"stamp": int(value["stamp"]), "count": int(value["count"]), "mode": State[value["mode"]]}
    return Telemetry(**{**value, **changed})


# By case: the class, from parsed JSON, to what json writes.
CASES = {
    "robot": (Request, lambda v: Request(Command[v["com"]]), lambda s: {"com": s.com.name}),
    "telemetry": (Telemetry, telemetry,
                  lambda s: {**vars(s), "stamp": str(s.stamp), "count": str(s.count), "mode": s.mode.name}),
    "list-10k": (List, lambda v: List([item(i) for i in v["items"]]),
                 lambda s: {"items": [{**vars(i), "id": str(i.id), "state": i.state.name} for i in s.items]}),
    "octets-1M": (Blob, lambda v: Blob(base64.b64decode(v["data"])),
                  lambda s: {"data": base64.b64encode(bytes(s.data)).decode()}),
    "doubles-100k": (Doubles, lambda v: Doubles(v["values"]), lambda s: {"values": s.values}),
}


def measure(body, seconds):
    calls = 1
    while True:
        start = time.perf_counter()
        for _ in range(calls):
            body()
        passed = time.perf_counter() - start
        if passed >= seconds * 0.5:
            return passed / calls * 1e9
        calls *= 2


def main():
    folder = pathlib.Path(sys.argv[1])
    for line in sys.stdin:
        name, direction, seconds = line.split()
        kind, read, show = CASES[name]
        text = (folder / f"{name}.json").read_text()
        wire = read(json.loads(text)).serialize()
        if direction == "to-json":
            result = measure(lambda: json.dumps(show(kind.deserialize(wire))), float(seconds))
        else:
            result = measure(lambda: read(json.loads(text)).serialize(), float(seconds))
        print(result, flush=True)


if __name__ == "__main__":
    main()
