"""Google's protobuf for Python as an oracle: one JSON request a line in, one answer a line out.

{"op": "load", "set": B64}                        descriptor set
{"op": "parse", "type": T, "json": B64}           -> {"wire": B64}
{"op": "print", "type": T, "wire": B64}           -> {"json": B64}
{"op": "same", "type": T, "a": B64, "b": B64}     -> {"same": BOOL}      two wires, one message?
                                                     null: not to be told, there are unknown fields
{"op": "random", "type": T, "seed": N}            -> {"wire": B64}
{"op": "randoms", "type": T, "first": N, "count": M}   -> {"rows": [[WIRE, JSON or null], ...]}
                                                     with "options": those of MessageToJson
{"op": "sames", "type": T, "pairs": [[A, B], ...]}     -> {"sames": [BOOL or null, ...]}
{"op": "equal", "a": B64, "b": B64}                    -> {"equal": BOOL}    two JSON texts, one value?
An operation that fails answers {"error": TEXT}.
"""
import base64
import json
import random
import struct
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

pool = descriptor_pool.DescriptorPool()
classes = {}


def message(name):
    if name not in classes:
        classes[name] = message_factory.GetMessageClass(pool.FindMessageTypeByName(name))
    return classes[name]()


def load(data):
    for file in descriptor_pb2.FileDescriptorSet.FromString(data).file:
        pool.Add(file)


def random_text(rng):
    return "".join(rng.choice('abcXYZ 019"\\/\n\t\u00e9\u20ac\U0001f600') for _ in range(rng.randrange(12)))


def random_integer(rng, bits, signed):
    value = rng.getrandbits(rng.choice([1, 3, 7, 14, bits - 1, bits]))
    if not signed:
        return value
    value = min(value, 2 ** (bits - 1) - 1)
    return rng.choice([value, -value, -value - 1])


def plain_nan(value):
    """JSON does not carry the payload of a NaN."""
    return float("nan") if value != value else value


def random_value(rng, field, depth):
    kind = field.type
    F = field
    if kind == F.TYPE_BOOL:
        return rng.random() < 0.5
    if kind in (F.TYPE_INT32, F.TYPE_SINT32, F.TYPE_SFIXED32):
        return random_integer(rng, 32, True)
    if kind in (F.TYPE_INT64, F.TYPE_SINT64, F.TYPE_SFIXED64):
        return random_integer(rng, 64, True)
    if kind in (F.TYPE_UINT32, F.TYPE_FIXED32):
        return random_integer(rng, 32, False)
    if kind in (F.TYPE_UINT64, F.TYPE_FIXED64):
        return random_integer(rng, 64, False)
    if kind == F.TYPE_FLOAT:
        return plain_nan(struct.unpack("<f", struct.pack("<I", rng.getrandbits(32)))[0])
    if kind == F.TYPE_DOUBLE:
        if rng.random() < 0.5:
            return round(rng.uniform(-1000, 1000), rng.randrange(6))
        return plain_nan(struct.unpack("<d", struct.pack("<Q", rng.getrandbits(64)))[0])
    if kind == F.TYPE_STRING:
        return random_text(rng)
    if kind == F.TYPE_BYTES:
        return rng.randbytes(rng.randrange(12))
    if kind == F.TYPE_ENUM:
        return rng.choice(field.enum_type.values).number
    return None


def fill(target, rng, depth):
    name = target.DESCRIPTOR.full_name
    if name == "google.protobuf.Timestamp":
        target.seconds = rng.randrange(-62135596800, 253402300799)
        target.nanos = rng.choice([0, 5, 120000, 990000000, rng.randrange(10**9)])
        return
    if name == "google.protobuf.Duration":
        sign = rng.choice([1, -1])
        target.seconds = sign * rng.randrange(315576000000)
        target.nanos = sign * rng.choice([0, 5, 120000, rng.randrange(10**9)])
        return
    if name == "google.protobuf.FieldMask":
        target.paths.extend(rng.choice(["a", "snake_case", "deep.er_path"]) for _ in range(rng.randrange(3)))
        return
    if name == "google.protobuf.Value":
        which = rng.randrange(6 if depth < 4 else 4)
        if which == 0:
            target.null_value = 0
        elif which == 1:
            target.number_value = rng.uniform(-10, 10)
        elif which == 2:
            target.string_value = random_text(rng)
        elif which == 3:
            target.bool_value = rng.random() < 0.5
        elif which == 4:
            fill(target.struct_value, rng, depth + 1)
            target.struct_value.SetInParent()
        else:
            fill(target.list_value, rng, depth + 1)
            target.list_value.SetInParent()
        return
    if name == "google.protobuf.Any":
        if depth < 4 and rng.random() < 0.8:
            content = message(rng.choice(ANY_TYPES))
            fill(content, rng, depth + 2)
            target.Pack(content, deterministic=True)
        return
    for field in target.DESCRIPTOR.fields:
        fill_field(target, field, rng, depth)
    for field in pool.FindAllExtensions(target.DESCRIPTOR):
        if depth < 3:
            fill_field(target, field, rng, depth)


ANY_TYPES = [
    "corpus.Scalars", "corpus.Maps", "corpus.Anything", "corpus.WellKnown", "google.protobuf.Duration",
    "google.protobuf.Timestamp", "google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue",
    "google.protobuf.FieldMask", "google.protobuf.Int64Value", "google.protobuf.StringValue",
    "google.protobuf.Empty", "google.protobuf.Any", "legacy.Order", "ext.Base", "modern.Everything",
]


def fill_field(target, field, rng, depth):
    is_message = field.message_type is not None

    def get():
        return target.Extensions[field] if field.is_extension else getattr(target, field.name)

    if is_message and field.message_type.GetOptions().map_entry:
        key, value = field.message_type.fields
        for _ in range(rng.choice([0, 0, 1, 3])):
            k = random_value(rng, key, depth)
            if value.message_type is not None:
                if depth < 3:
                    fill(get()[k], rng, depth + 1)
            else:
                get()[k] = random_value(rng, value, depth)
    elif field.is_repeated:
        for _ in range(rng.choice([0, 0, 1, 4])):
            if is_message:
                if depth < 3:
                    fill(get().add(), rng, depth + 1)
            else:
                get().append(random_value(rng, field, depth))
    elif field.is_required or rng.random() < (0.3 if is_message and depth > 1 else 0.6):
        if is_message:
            if depth < 5:
                child = get()
                fill(child, rng, depth + 1)
                child.SetInParent()
        elif field.is_extension:
            target.Extensions[field] = random_value(rng, field, depth)
        else:
            setattr(target, field.name, random_value(rng, field, depth))


def drop_unknown(source):
    """How many bytes of unknown fields a message holds (and drops them). Python keeps a whole map entry as
    unknown when one of its fields is, which other parsers do not."""
    size = source.ByteSize()
    source.DiscardUnknownFields()
    return size - source.ByteSize()


def as_dict(source):
    return json_format.MessageToDict(source, descriptor_pool=pool)


def encoded(data):
    return base64.b64encode(data).decode()


def to_json(source, **options):
    return json_format.MessageToJson(source, descriptor_pool=pool, indent=None, **options).encode()


def same(type_name, a, b):
    first, second = message(type_name), message(type_name)
    first.ParseFromString(base64.b64decode(a))
    second.ParseFromString(base64.b64decode(b))
    if drop_unknown(first) or drop_unknown(second):
        return None
    if first.SerializeToString(deterministic=True) == second.SerializeToString(deterministic=True):
        return True
    # Two NaN may differ in bits; as JSON they do not. Nor do two orders of a map within an Any.
    return as_dict(first) == as_dict(second)


def random_message(type_name, seed):
    target = message(type_name)
    fill(target, random.Random(seed), 0)
    return target


def random_row(type_name, seed, **options):
    target = random_message(type_name, seed)
    try:
        text = encoded(to_json(target, **options))
    except Exception:  # a value that has no JSON form
        text = None
    return [encoded(target.SerializeToString()), text]


def answer(request):
    op = request["op"]
    if op == "load":
        load(base64.b64decode(request["set"]))
        return {}
    if op == "equal":
        # One number may have a point or not; those of 64 bits are strings.
        first, second = (json.loads(base64.b64decode(request[side]), parse_int=float) for side in "ab")
        return {"equal": first == second}
    target = message(request["type"])
    if op == "parse":
        json_format.Parse(base64.b64decode(request["json"]).decode("utf-8"), target, descriptor_pool=pool)
        return {"wire": encoded(target.SerializeToString())}
    if op == "print":
        target.ParseFromString(base64.b64decode(request["wire"]))
        return {"json": encoded(to_json(target))}
    if op == "same":
        return {"same": same(request["type"], request["a"], request["b"])}
    if op == "sames":
        return {"sames": [same(request["type"], a, b) for a, b in request["pairs"]]}
    if op == "random":
        return {"wire": encoded(random_message(request["type"], request["seed"]).SerializeToString())}
    if op == "randoms":
        seeds = range(request["first"], request["first"] + request["count"])
        return {"rows": [random_row(request["type"], seed, **request.get("options", {})) for seed in seeds]}
    raise ValueError(op)


for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as error:  # the oracle's refusals are its answers
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)
