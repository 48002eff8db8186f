"""Cyclone DDS for Python as an oracle for CDR: one JSON request a line in, one answer a line out.

{"op": "load", "types": TEXT, "extensibility": E}    the notation of Fixtures/cdr-types.txt; E for types without one
{"op": "write", "type": T, "json": V, "version": N, "big": BOOL}     -> {"wire": B64}     header and message
{"op": "same", "type": T, "json": V, "wire": B64}                    -> {"same": BOOL}    the wire is the value
{"op": "random", "type": T, "seed": N}                               -> {"json": V}
An operation that fails answers {"error": TEXT}.

Numbers in V are exact; 64-bit integers are strings. Nothing here knows our code: types are built with the package's
own constructors, values with its own classes.
"""
import base64
import dataclasses
import json
import math
import random
import struct
import sys
from typing import Optional

import cyclonedds.idl._main
from cyclonedds.idl import IdlBitmask, make_idl_enum, make_idl_struct, make_idl_union
from cyclonedds.idl import annotations, types
from cyclonedds.idl._main import IdlBitmaskMeta
from cyclonedds.idl._support import Endianness

PRIMITIVES = {
    "boolean": bool, "int8": types.int8, "uint8": types.uint8, "int16": types.int16, "uint16": types.uint16,
    "int32": types.int32, "uint32": types.uint32, "int64": types.int64, "uint64": types.uint64,
    "float32": types.float32, "float64": types.float64, "char": types.char, "string": str,
}
INTEGERS = {f"{sign}int{bits}": (bits, not sign) for sign in ("", "u") for bits in (8, 16, 32, 64)}


class Expression:
    """A type where it is used: a name and its arguments."""

    def __init__(self, text):
        self.name, _, rest = text.partition("<")
        self.arguments, depth, part = [], 0, ""
        for character in rest[:-1]:
            if character == ";" and depth == 0:
                self.arguments.append(part)
                part = ""
                continue
            depth += {"<": 1, ">": -1}.get(character, 0)
            part += character
        if rest:
            self.arguments.append(part)

    @property
    def element(self):
        return Expression(self.arguments[0])


class Schema:
    def __init__(self, text, extensibility):
        self.extensibility = extensibility
        self.lines, self.built, self.members, self.labels, self.names = {}, {}, {}, {}, {}
        for line in text.split("\n"):
            line = line.strip()
            if line and not line.startswith("#"):
                self.lines[line.split()[1].split("/")[0]] = line

    # Types

    def named(self, name):
        if name not in self.built:
            # Until it is there its name stands for it, which the package looks up in a module of its own.
            self.built[name] = "Type_" + name
            made = getattr(self, "make_" + self.lines[name].split()[0])(name, self.lines[name])
            self.built[name] = made
            setattr(cyclonedds.idl._main, "Type_" + name, made)
        return self.built[name]

    def python(self, e):
        if e.name in self.lines:
            return self.named(e.name)
        if e.name == "seq":
            element = self.python(e.element)
            return types.sequence[element, int(e.arguments[1])] if len(e.arguments) > 1 else types.sequence[element]
        if e.name == "arr":
            return types.array[self.python(e.element), int(e.arguments[1])]
        if e.name == "string" and e.arguments:
            return types.bounded_str[int(e.arguments[0])]
        if e.name == "bytes":
            return types.sequence[types.uint8]
        return PRIMITIVES[e.name]

    def bound(self, line, default):
        head = line.split()[1]
        return int(head.split("/")[1]) if "/" in head else default

    def pairs(self, line):
        return [word.split(":") for word in line.split()[3:]]

    def make_enum(self, name, line):
        self.names[name] = {key: int(value) for key, value in self.pairs(line)}
        made = make_idl_enum(name, name, self.names[name])
        if "/" in line.split()[1]:
            annotations.bit_bound(self.bound(line, 32))(made)
        return made

    def make_mask(self, name, line):
        self.names[name] = {key: int(value) for key, value in self.pairs(line)}
        fields = {key: {"position": int(value)} for key, value in self.pairs(line)}
        # As make_idl_bitmask does, which has no way to say the bound before it is checked.
        namespace = IdlBitmaskMeta.__prepare__(name, (IdlBitmask,), typename=name)
        namespace["__annotations__"].update({key: bool for key in fields})
        namespace["__idl_field_annotations__"] = fields
        namespace["__idl_annotations__"] = {"bit_bound": self.bound(line, 32)}
        return dataclasses.dataclass(IdlBitmaskMeta(name, (IdlBitmask,), namespace))

    def declared(self, line):
        body = line[line.index("{") + 1:line.rindex("}")]
        return [part.split() for part in body.split(",") if part.strip()]

    def extend(self, made, line, default=None):
        words = line.split("{")[0].split()
        chosen = [word for word in ("final", "appendable", "mutable") if word in words]
        annotations.extensibility(chosen[0] if chosen else default or self.extensibility)(made)
        return made

    def make_struct(self, name, line):
        fields, notes, self.members[name] = {}, {}, []
        for member, expression, *flags in self.declared(line):
            e = Expression(expression)
            optional = "optional" in flags
            python = self.python(e)
            fields[member] = Optional[python] if optional else python
            notes[member] = {"id": len(self.members[name])}
            for flag in flags:
                if flag.startswith("id="):
                    notes[member]["id"] = int(flag[3:])
                if flag == "mu":
                    notes[member]["must_understand"] = True
            self.members[name].append((member, e, optional))
        return self.extend(make_idl_struct(name, name, fields, field_annotations=notes), line)

    def make_union(self, name, line):
        discriminator = Expression(line[line.index("(") + 1:line.index(")")])
        cases, self.members[name], self.labels[name] = {}, [], {}
        # Defaults last: the package miscompiles others.
        for labels, member, expression in sorted(self.declared(line), key=lambda words: words[0] == "*"):
            e = Expression(expression)
            self.members[name].append((member, e, False))
            if labels == "*":
                cases[member] = types.default[self.python(e)]
                self.labels[name][None] = member
            else:
                values = [self.value(discriminator, int(label)) for label in labels.split("|")]
                cases[member] = types.case[values, self.python(e)]
                for label in labels.split("|"):
                    self.labels[name][int(label)] = member
        self.names[name] = discriminator
        return self.extend(make_idl_union(name, name, cases, self.python(discriminator)), line,
                           "appendable" if self.extensibility == "mutable" else None)

    # Values from JSON

    def value(self, e, v):
        kind = self.lines[e.name].split()[0] if e.name in self.lines else e.name
        if kind == "enum":
            made = self.named(e.name)
            return made[v] if isinstance(v, str) else made(v)
        if kind == "mask":
            made = self.named(e.name)
            return made(**{key: key in v for key in self.names[e.name]})
        if kind == "struct":
            made = self.named(e.name)
            return made(**{
                member: self.value(m, v[member]) if v.get(member) is not None else None
                for member, m, optional in self.members[e.name]})
        if kind == "union":
            return self.union(e.name, v)
        if kind in ("seq", "arr"):
            if e.element.name == "uint8":
                v = list(base64.b64decode(v))
                return bytes(v) if kind == "arr" else v
            return [self.value(e.element, x) for x in v]
        if kind == "bytes":
            return list(base64.b64decode(v))
        if kind in INTEGERS:
            return int(v)
        if kind == "char":
            return v if isinstance(v, str) else chr(v)
        if kind in ("float32", "float64"):
            return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}.get(v) if isinstance(v, str) else float(v)
        return v

    def union(self, name, v):
        made = self.named(name)
        discriminator = self.names[name]
        members = [key for key in v if key != "$discriminator"]
        e = {member: m for member, m, _ in self.members[name]}
        value = self.value(e[members[0]], v[members[0]]) if members else None
        if "$discriminator" in v:
            label = self.value(discriminator, v["$discriminator"])
        else:
            label = self.value(discriminator, next(
                label for label, member in self.labels[name].items() if member == members[0]))
        return made(discriminator=label, value=value)

    # Random values as JSON

    def random(self, e, rng, depth):
        kind = self.lines[e.name].split()[0] if e.name in self.lines else e.name
        few = rng.randrange(4) if depth < 5 else 0
        if kind == "boolean":
            return rng.random() < 0.5
        if kind in INTEGERS:
            bits, signed = INTEGERS[kind]
            value = rng.getrandbits(rng.choice([1, 3, bits - 1, bits]))
            if signed:
                value = min(value, 2 ** (bits - 1) - 1)
                value = rng.choice([value, -value - 1])
            return str(value) if bits == 64 else value
        if kind == "float32":
            value = struct.unpack("<f", struct.pack("<I", rng.getrandbits(32)))[0]
            return value if math.isfinite(value) else rng.choice(["Infinity", "-Infinity"])
        if kind == "float64":
            value = struct.unpack("<d", struct.pack("<Q", rng.getrandbits(64)))[0]
            return value if math.isfinite(value) else 0.1
        if kind == "char":
            return chr(rng.randrange(1, 127))
        if kind == "string":
            text = "".join(rng.choice('abXY 09"\\/\n\u00e9\u20ac\U0001f600') for _ in range(rng.randrange(9)))
            return text.encode()[:int(e.arguments[0])].decode(errors="ignore") if e.arguments else text
        if kind == "bytes" or kind in ("seq", "arr") and e.element.name == "uint8":
            most = int(e.arguments[1]) if len(e.arguments) > 1 else 8
            count = most if kind == "arr" else rng.randrange(most + 1)
            return base64.b64encode(rng.randbytes(count)).decode()
        if kind == "arr":
            return [self.random(e.element, rng, depth + 1) for _ in range(int(e.arguments[1]))]
        if kind == "seq":
            count = min(few, int(e.arguments[1])) if len(e.arguments) > 1 else few
            return [self.random(e.element, rng, depth + 1) for _ in range(count)]
        self.named(e.name)
        if kind == "enum":
            return rng.choice(list(self.names[e.name]))
        if kind == "mask":
            return [key for key, _ in sorted(self.names[e.name].items(), key=lambda x: x[1]) if rng.random() < 0.5]
        if kind == "struct":
            return {
                member: self.random(m, rng, depth + 1) for member, m, optional in self.members[e.name]
                if not optional or depth < 5 and rng.random() < 0.6}
        return self.random_union(e.name, rng, depth)

    def random_union(self, name, rng, depth):
        label, member = rng.choice(list(self.labels[name].items()))
        e = {member: m for member, m, _ in self.members[name]}[member]
        value = {member: self.random(e, rng, depth + 1)}
        if label is None or list(self.labels[name].values()).count(member) > 1:
            value["$discriminator"] = self.free_label(name, rng) if label is None else self.show(name, label)
        return value

    def show(self, name, label):
        names = self.names.get(self.names[name].name)
        if names:
            return next(key for key, value in names.items() if value == label)
        kind = self.names[name].name
        return {"boolean": bool, "int64": str, "uint64": str, "char": chr}.get(kind, int)(label)

    def free_label(self, name, rng):
        names = self.names.get(self.names[name].name)
        values = list(names.values()) if names else range(100)
        return self.show(name, rng.choice([v for v in values if v not in self.labels[name]]))


def answer(request):
    global schema
    op = request["op"]
    if op == "load":
        schema = Schema(request["types"], request["extensibility"])
        return {}
    e = Expression(request["type"])
    if op == "random":
        return {"json": schema.random(e, random.Random(request["seed"]), 0)}
    made = schema.named(e.name)
    value = schema.value(e, request["json"])
    if op == "write":
        wire = value.serialize(
            endianness=Endianness.Big if request["big"] else Endianness.Little, use_version_2=request["version"] == 2)
        return {"wire": base64.b64encode(wire).decode()}
    return {"same": made.deserialize(base64.b64decode(request["wire"])) == value}


schema = None
for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as error:  # every failure is an answer
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)
