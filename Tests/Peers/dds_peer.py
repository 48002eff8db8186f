"""A peer of robot::RobotControl written by hand on the Python binding of Cyclone DDS: server, client, and those that
disturb. Shares no code with Drawbridge. Types follow the Basic mapping of OMG DDS-RPC 1.0, section 7.5.1.

Prints one line for each event; `ready` when everything stands. A server ends at the end of its standard input."""

import argparse
import json
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=["server", "client", "types"])
    parser.add_argument("--domain", type=int, required=True)
    parser.add_argument("--lease", default="2s")
    parser.add_argument("--xml", default="", help="more of Cyclone's configuration")
    parser.add_argument("--name", default="robot")
    parser.add_argument("--behaviour", default="good")
    parser.add_argument("--instance", default="")
    parser.add_argument("--variant", type=int, default=0)
    parser.add_argument("--xcdr1", action="store_true", help="and not the other one, which is taken as well otherwise")
    parser.add_argument("--xcdr2", action="store_true")
    parser.add_argument("--extensibility", default="final")
    return parser.parse_args()


OPTIONS = parse()
# Programs inherit what the thread that starts them has blocked.
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
# Read by the library when it is loaded.
os.environ["CYCLONEDDS_URI"] = f"""<CycloneDDS><Domain Id="any">
<General><Interfaces><NetworkInterface name="lo" multicast="false"/></Interfaces>
<AllowMulticast>false</AllowMulticast></General>
<Discovery><ParticipantIndex>auto</ParticipantIndex><MaxAutoParticipantIndex>60</MaxAutoParticipantIndex>
<LeaseDuration>{OPTIONS.lease}</LeaseDuration>
<Peers><Peer address="127.0.0.1"/></Peers></Discovery></Domain></CycloneDDS>""" + ("," if OPTIONS.xml else "") + OPTIONS.xml

from cyclonedds.core import Policy, Qos  # noqa: E402
from cyclonedds.domain import DomainParticipant  # noqa: E402
from cyclonedds.idl import IdlEnum, IdlStruct, IdlUnion  # noqa: E402
from cyclonedds.idl import annotations as annotate  # noqa: E402
from cyclonedds.idl import types  # noqa: E402
from cyclonedds.pub import DataWriter  # noqa: E402
from cyclonedds.sub import DataReader  # noqa: E402
from cyclonedds.topic import Topic  # noqa: E402
from cyclonedds.util import duration  # noqa: E402

generated = annotate.final if OPTIONS.extensibility == "final" else annotate.appendable




@dataclass
@annotate.final
class GUID(IdlStruct, typename="dds.GUID_t"):
    guidPrefix: types.array[types.uint8, 12]
    entityKey: types.array[types.uint8, 3]
    entityKind: types.uint8


@dataclass
@annotate.final
class SequenceNumber(IdlStruct, typename="dds.SequenceNumber_t"):
    high: types.int32
    low: types.uint32


@dataclass
@annotate.final
class SampleIdentity(IdlStruct, typename="dds.SampleIdentity"):
    writer_guid: GUID
    sequence_number: SequenceNumber


class RemoteExceptionCode(IdlEnum, typename="dds.rpc.RemoteExceptionCode_t", default="OK"):
    OK = 0
    UNSUPPORTED = 1
    INVALID_ARGUMENT = 2
    OUT_OF_RESOURCES = 3
    UNKNOWN_OPERATION = 4
    UNKNOWN_EXCEPTION = 5


@dataclass
@generated
class RequestHeader(IdlStruct, typename="dds.rpc.RequestHeader"):
    requestId: SampleIdentity
    instanceName: types.bounded_str[255]


@dataclass
@generated
class ReplyHeader(IdlStruct, typename="dds.rpc.ReplyHeader"):
    relatedRequestId: SampleIdentity
    remoteEx: RemoteExceptionCode


class Command(IdlEnum, typename="robot.Command", default="START_COMMAND"):
    START_COMMAND = 0
    STOP_COMMAND = 1


@dataclass
@generated
class Status(IdlStruct, typename="robot.Status"):
    msg: str


@dataclass
@generated
class CommandIn(IdlStruct, typename="robot.RobotControl_command_In"):
    com: Command


@dataclass
@generated
class SetSpeedIn(IdlStruct, typename="robot.RobotControl_setSpeed_In"):
    speed: types.float32


@dataclass
@generated
class Nothing(IdlStruct, typename="robot.Nothing"):
    dummy: types.uint8


@dataclass
@generated
class Speed(IdlStruct, typename="robot.Speed"):
    return_: types.float32


@dataclass
@generated
class GetStatusOut(IdlStruct, typename="robot.RobotControl_getStatus_Out"):
    status: Status


COMMAND, SET_SPEED, GET_SPEED, GET_STATUS = -22164451, 1289593851, -1829179668, -2104359938
TOO_FAST = 1771042172


@generated
class Call(IdlUnion, discriminator=types.int32, typename="robot.RobotControl_Call"):
    command: types.case[COMMAND, CommandIn]
    setSpeed: types.case[SET_SPEED, SetSpeedIn]
    getSpeed: types.case[GET_SPEED, Nothing]
    getStatus: types.case[GET_STATUS, Nothing]
    unknownOp: types.default[types.uint8]


@generated
class CommandResult(IdlUnion, discriminator=types.int32, typename="robot.RobotControl_command_Result"):
    result: types.case[0, Nothing]


@generated
class SetSpeedResult(IdlUnion, discriminator=types.int32, typename="robot.RobotControl_setSpeed_Result"):
    result: types.case[0, Speed]
    toofast_ex: types.case[TOO_FAST, Nothing]
    unknownEx: types.default[types.uint8]


@generated
class GetSpeedResult(IdlUnion, discriminator=types.int32, typename="robot.RobotControl_getSpeed_Result"):
    result: types.case[0, Speed]


@generated
class GetStatusResult(IdlUnion, discriminator=types.int32, typename="robot.RobotControl_getStatus_Result"):
    result: types.case[0, GetStatusOut]


@generated
class Return(IdlUnion, discriminator=types.int32, typename="robot.RobotControl_Return"):
    command: types.case[COMMAND, CommandResult]
    setSpeed: types.case[SET_SPEED, SetSpeedResult]
    getSpeed: types.case[GET_SPEED, GetSpeedResult]
    getStatus: types.case[GET_STATUS, GetStatusResult]
    unknownOp: types.default[types.uint8]


@dataclass
@generated
class Request(IdlStruct, typename="robot.RobotControl_Request"):
    header: RequestHeader
    data: Call


@dataclass
@generated
class Reply(IdlStruct, typename="robot.RobotControl_Reply"):
    header: ReplyHeader
    data: Return


@dataclass
@generated
class OtherRequest(IdlStruct, typename="robot.Something_Else"):
    header: RequestHeader
    data: Call


REQUEST_TOPIC, REPLY_TOPIC = "robot_RobotControl_Service_Request", "robot_RobotControl_Service_Reply"


def say(*words):
    print(*words, flush=True)


def quality(durability=Policy.Durability.Volatile):
    policies = [
        Policy.Reliability.Reliable(duration(seconds=1)),
        Policy.History.KeepAll,
        durability,
    ]
    if OPTIONS.xcdr2:
        policies.append(Policy.DataRepresentation(use_xcdrv2_representation=True))
    elif OPTIONS.xcdr1 or OPTIONS.extensibility != "final":
        policies.append(Policy.DataRepresentation(use_cdrv0_representation=True))
    return Qos(*policies)


def until_input_ends():
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    return ended


class Robot:
    def __init__(self):
        self.speed = 0.0

    def answer(self, call):
        """What the operation returns, or None for one that is not known."""
        label = call.discriminator
        if label == COMMAND:
            return Return(command=CommandResult(result=Nothing(0)))
        if label == SET_SPEED:
            if call.value.speed > 10:
                return Return(setSpeed=SetSpeedResult(toofast_ex=Nothing(0)))
            self.speed = call.value.speed
            return Return(setSpeed=SetSpeedResult(result=Speed(self.speed)))
        if label == GET_SPEED:
            return Return(getSpeed=GetSpeedResult(result=Speed(self.speed)))
        if label == GET_STATUS:
            text = f"{OPTIONS.name} running at {self.speed:g}"
            return Return(getStatus=GetStatusResult(result=GetStatusOut(Status(text))))
        return None


def foreign(identity):
    """The id of a request that somebody else has sent."""
    prefix = list(identity.writer_guid.guidPrefix)
    prefix[0] ^= 0xFF
    guid = GUID(prefix, identity.writer_guid.entityKey, identity.writer_guid.entityKind)
    return SampleIdentity(guid, identity.sequence_number)


def serve():
    ended = until_input_ends()
    participant = DomainParticipant(OPTIONS.domain)
    wrong = OPTIONS.behaviour == "wrong-type"
    request_type = OtherRequest if wrong else Request
    durable = OPTIONS.behaviour == "durable"
    durability = Policy.Durability.TransientLocal if durable else Policy.Durability.Volatile
    reader = DataReader(participant, Topic(participant, REQUEST_TOPIC, request_type), qos=quality(durability))
    if OPTIONS.behaviour == "reader-only":
        say("ready")
        ended.wait()
        return
    writer = DataWriter(participant, Topic(participant, REPLY_TOPIC, Reply), qos=quality(durability))
    robot = Robot()
    late = []
    say("ready")
    while not ended.is_set():
        for request in reader.take(64):
            if request.sample_info.valid_data is False:
                continue
            identity = request.header.requestId
            data = robot.answer(request.data)
            remote = RemoteExceptionCode.OK
            if data is None:
                remote, data = RemoteExceptionCode.UNKNOWN_OPERATION, Return(discriminator=-1, value=0)
            if OPTIONS.behaviour == "silent":
                say("request", request.header.instanceName)
                continue
            if OPTIONS.behaviour == "wrong-operation":
                data = Return(getStatus=GetStatusResult(result=GetStatusOut(Status("nobody asked"))))
            if OPTIONS.behaviour == "unsupported":
                remote, data = RemoteExceptionCode.UNSUPPORTED, Return(discriminator=-1, value=0)
            if OPTIONS.behaviour == "unknown-exception":
                data = Return(setSpeed=SetSpeedResult(discriminator=4711, value=0))
            reply = Reply(ReplyHeader(identity, remote), data)
            if OPTIONS.behaviour == "foreign":
                writer.write(Reply(ReplyHeader(foreign(identity), RemoteExceptionCode.UNSUPPORTED), data))
            if OPTIONS.behaviour.startswith("progress") and request.data.discriminator == GET_SPEED:
                # Several replies: five speeds; or two and then nothing, or an exception.
                for speed in range(5 if OPTIONS.behaviour == "progress" else 2):
                    writer.write(Reply(ReplyHeader(identity, RemoteExceptionCode.OK),
                                       Return(getSpeed=GetSpeedResult(result=Speed(float(speed))))))
                if OPTIONS.behaviour == "progress-fails":
                    header = ReplyHeader(identity, RemoteExceptionCode.UNKNOWN_EXCEPTION)
                    writer.write(Reply(header, Return(discriminator=-1, value=0)))
                continue
            if OPTIONS.behaviour == "late":
                # Answers only when the next request has come.
                late.append(reply)
                for earlier in late[:-1]:
                    writer.write(earlier)
                late = late[-1:]
                say("request", request.header.instanceName)
                continue
            writer.write(reply)
            if OPTIONS.behaviour == "twice":
                writer.write(reply)
            if OPTIONS.behaviour == "report":
                say("request", request.header.instanceName)
        ended.wait(0.0005)


def call_all():
    participant = DomainParticipant(OPTIONS.domain)
    reader = DataReader(participant, Topic(participant, REPLY_TOPIC, Reply), qos=quality())
    writer = DataWriter(participant, Topic(participant, REQUEST_TOPIC, Request), qos=quality())
    end = time.monotonic() + 20
    while not (writer.get_matched_subscriptions() and reader.get_matched_publications()):
        if time.monotonic() > end:
            return say("no server")
        time.sleep(0.01)
    guid = list(writer.guid.bytes)
    identity = GUID(guid[:12], guid[12:15], guid[15])
    calls = [
        Call(command=CommandIn(Command.STOP_COMMAND)),
        Call(setSpeed=SetSpeedIn(3.5)),
        Call(getSpeed=Nothing(0)),
        Call(setSpeed=SetSpeedIn(99)),
        Call(getStatus=Nothing(0)),
        Call(discriminator=12345, value=0),
    ]
    for number, call in enumerate(calls, 1):
        header = RequestHeader(SampleIdentity(identity, SequenceNumber(0, number)), OPTIONS.instance)
        writer.write(Request(header, call))
        say(json.dumps(outcome(reader, number)))


def outcome(reader, number):
    end = time.monotonic() + (0.1 if OPTIONS.behaviour == "impatient" else 10)
    while time.monotonic() < end:
        for reply in reader.take(8):
            if reply.sample_info.valid_data is False:
                continue
            if reply.header.relatedRequestId.sequence_number.low != number:
                continue
            if reply.header.remoteEx != RemoteExceptionCode.OK:
                return [reply.header.remoteEx.name, reply.data.discriminator, reply.data.value]
            result = reply.data.value
            return [reply.data.discriminator, result.discriminator, plain(result.value)]
        time.sleep(0.001)
    return ["nothing"]


def plain(value):
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


def look_up_types():
    """Two of these, with different variants, make each other look types up."""

    @dataclass
    @annotate.appendable
    class Inner(IdlStruct, typename="lookup.Inner"):
        numbers: types.sequence[types.sequence[types.int32]]

    @dataclass
    @annotate.appendable
    class Outer(IdlStruct, typename="lookup.Outer"):
        parts: types.sequence[Inner]

    @dataclass
    @annotate.appendable
    class OuterMore(IdlStruct, typename="lookup.Outer"):
        parts: types.sequence[Inner]
        more: types.sequence[types.sequence[types.float64]]

    ended = until_input_ends()
    participant = DomainParticipant(OPTIONS.domain)
    topic = Topic(participant, "lookup_nested", [Outer, OuterMore][OPTIONS.variant])
    kept = DataWriter(participant, topic) if OPTIONS.variant == 0 else DataReader(participant, topic)
    say("ready")
    ended.wait()
    del kept


{"server": serve, "client": call_all, "types": look_up_types}[OPTIONS.role]()
