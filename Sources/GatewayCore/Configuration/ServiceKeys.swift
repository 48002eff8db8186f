internal import IDLSchema

/// Rows of `services`, without those of its routes.
enum ServiceKeys {
  static let rows: [ConfigurationKey] = service + drpc + dds + protobuf + idl + methods

  private static let service: [ConfigurationKey] = [
    ConfigurationKey(
      "services", .names, required: true, "The services by name; letters, digits, `-` and `_`."),
    ConfigurationKey("services.*", .mapping, "A backend, its schema, and its face in HTTP."),
    ConfigurationKey(
      "services.*.prefix", .scalar(.text), default: "\"\"", "Stands before each path of the service."),
    ConfigurationKey(
      "services.*.expose", .scalar(.choice(ServiceConfiguration.Exposure.allCases.map(\.rawValue))),
      "`routes`: only methods with a route; `all`: the others too, at `POST /rpc/{service}/{method}`; "
        + "by default `all` when the service has no route at all."),
    ConfigurationKey(
      "services.*.timeout", .scalar(.duration(1...86_400_000)), default: "30s",
      "Deadline of a call whose route says nothing."),
    ConfigurationKey(
      "services.*.success", .scalar(.integer(200...299)), default: "200",
      "Status of a success; 204 drops the body."),
    ConfigurationKey(
      "services.*.errors", .scalarOrNames(.choice(ErrorFormat.allCases.map(\.rawValue))),
      "The form of errors; or another HTTP status for a problem (`backend-unavailable`), a dRPC status (`FAILURE`), a "
        + "remote exception (`REMOTE_EX_UNSUPPORTED`) or a body status (`-1005`)."
    ),
    ConfigurationKey(
      "services.*.errors.format", .scalar(.choice(ErrorFormat.allCases.map(\.rawValue))), default: "problem",
      "`problem`: RFC 9457; `google`: the JSON of `google.rpc.Status`."),
    ConfigurationKey(
      "services.*.errors.*", .scalar(.integer(200...599)),
      "The HTTP status; from 400 on but for SUBMITTED, which is a success."),
    ConfigurationKey(
      "services.*.exceptions", .names, "HTTP status of an exception by its qualified name."),
    ConfigurationKey("services.*.exceptions.*", .scalar(.integer(400...599)), "The HTTP status."),
    ConfigurationKey("services.*.body_status", .mapping, "Where replies carry an outcome of their own."),
    ConfigurationKey(
      "services.*.body_status.field", .scalar(.text), required: true,
      "A top-level int32 field; replies without it have no body status."),
    ConfigurationKey(
      "services.*.body_status.codes",
      .scalar(.choice(BodyStatusConfiguration.Codes.allCases.map(\.rawValue))), default: "daos",
      "`daos`: negative numbers are DAOS errors; `none`: any number but 0 is an error without a name."),
  ]

  private static let drpc: [ConfigurationKey] = [
    ConfigurationKey("services.*.drpc", .mapping, "A dRPC backend."),
    ConfigurationKey(
      "services.*.drpc.sockets", .texts, required: true,
      "Socket paths, which may hold `*`; or names for sockets, with a path each."),
    ConfigurationKey(
      "services.*.drpc.select", .scalar(.text), default: "first",
      "Which socket a call takes: `first`, the first that can be called, or `\"{name}\"`, the one whose name stands in that "
        + "variable of the path."),
    ConfigurationKey(
      "services.*.drpc.framing",
      .scalar(.choice(DRPCServiceConfiguration.Framing.allCases.map(\.rawValue))), default: "auto",
      "`raw` up to DAOS 2.6, `chunked` from 2.8; `auto` asks the server."),
    ConfigurationKey(
      "services.*.drpc.connections", .scalar(.integer(1...1024)), default: "8",
      "Connections to each socket, all loops together."),
    ConfigurationKey(
      "services.*.drpc.queue", .scalar(.integer(0...65_536)), default: "64",
      "Calls that may wait for a connection; more are 503."),
    ConfigurationKey(
      "services.*.drpc.max_request", .scalar(.size(1...1 << 30)),
      "Largest request; by default 128KiB with raw framing, which an engine would cut off, else 64MiB."
    ),
    ConfigurationKey(
      "services.*.drpc.max_reply", .scalar(.size(1...1 << 30)), default: "64MiB", "Largest reply."),
    ConfigurationKey(
      "services.*.drpc.allow", .list,
      "Methods of DAOS that may be called although they change state or hand out the gateway's own credentials; "
        + "without it their routes do not exist."),
    ConfigurationKey("services.*.drpc.allow[]", .scalar(.text), "A method's name or `module/method`."),
  ]

  private static let dds: [ConfigurationKey] =
    [
      ConfigurationKey("services.*.dds", .mapping, "A DDS-RPC backend."),
      ConfigurationKey("services.*.dds.domain", .scalar(.integer(0...232)), default: "0", "DDS domain."),
      ConfigurationKey(
        "services.*.dds.dialect", .scalar(.text), default: "omg-basic", "How peers map RPC to DDS."),
      ConfigurationKey(
        "services.*.dds.service", .scalar(.text), default: "Service", "Service name in the topics."),
      ConfigurationKey(
        "services.*.dds.request", .scalar(.text),
        "Type of the requests of a service without an interface; its first member is the header."),
      ConfigurationKey("services.*.dds.reply", .scalar(.text), "Type of its replies."),
      ConfigurationKey(
        "services.*.dds.request_topic", .scalar(.text),
        "Topic of requests; by default from annotation, dialect and service name."),
      ConfigurationKey("services.*.dds.reply_topic", .scalar(.text), "Topic of replies."),
      ConfigurationKey(
        "services.*.dds.instance", .scalar(.text), default: "\"\"",
        "Instance name; empty for any; `{name}` for what that variable of the path says."),
      ConfigurationKey(
        "services.*.dds.instance_header", .scalar(.boolean), default: "false",
        "Whether the request header `Drawbridge-Instance` may name another instance."),
      ConfigurationKey(
        "services.*.dds.partition", .scalar(.text), default: "\"\"",
        "DDS partition of the service's readers and writers; may hold `*` and `?`."),
      ConfigurationKey(
        "services.*.dds.qos", .mapping,
        "Quality of service of readers and writers, where it is not what `@QoS` of the IDL says or the usual one."
      ),
    ] + qos + [
      ConfigurationKey(
        "services.*.dds.interface", .scalar(.text),
        "Network interface, by name or address; by default Cyclone's choice."),
      ConfigurationKey(
        "services.*.dds.multicast", .scalar(.boolean), default: "true",
        "Whether participants find each other by multicast."),
      ConfigurationKey(
        "services.*.dds.peers", .list, default: "[]",
        "Hosts where participants are looked for beside multicast."),
      ConfigurationKey("services.*.dds.peers[]", .scalar(.text), "A name or an address."),
      ConfigurationKey(
        "services.*.dds.lease", .scalar(.duration(100...3_600_000)), default: "10s",
        "How long a participant that has died counts as alive."),
      ConfigurationKey(
        "services.*.dds.match_timeout", .scalar(.duration(0...60_000)), default: "1s",
        "How long a call waits for a server to appear; then 503."),
      ConfigurationKey(
        "services.*.dds.settle", .scalar(.duration(0...60_000)), default: "3500ms",
        "How long a call waits for a new server that does not show that it knows the gateway."),
      ConfigurationKey(
        "services.*.dds.in_flight", .scalar(.integer(1...1_000_000)), default: "1024",
        "Calls at one time; more are 503."),
      ConfigurationKey(
        "services.*.dds.require_single", .scalar(.boolean), default: "false",
        "Whether calls are 503 while several servers are there: each would carry them out."),
      ConfigurationKey(
        "services.*.dds.representation",
        .scalar(.choice(DDSServiceConfiguration.Representation.allCases.map(\.rawValue))), default: "xcdr1",
        "How requests are written, unless servers take only the other; replies are read in both."),
      ConfigurationKey(
        "services.*.dds.extensibility",
        .scalar(.choice(ServiceOptions.Extensibility.allCases.map(\.rawValue))), default: "final",
        "Of the types around parameters; matters in XCDR2 only."),
      ConfigurationKey(
        "services.*.dds.exception_hash",
        .scalar(.choice(ServiceOptions.ExceptionHash.allCases.map(\.rawValue))), default: "qualified",
        "Which name of an exception is expected first; both are read where they are clear."),
      ConfigurationKey(
        "services.*.dds.security", .mapping,
        "Files of DDS Security, as PEM or signed XML; services that share a domain share them."),
    ] + security + [
      ConfigurationKey(
        "services.*.dds.cyclonedds_xml", .scalar(.text),
        "Settings of Cyclone DDS as XML, which override those made from the other keys.")
    ]

  private static let qos: [ConfigurationKey] = [
    ConfigurationKey(
      "services.*.dds.qos.reliability", .scalar(.choice(["reliable", "best_effort"])),
      "Whether lost samples are sent again; usually `reliable`."),
    ConfigurationKey(
      "services.*.dds.qos.history", .scalar(.choice(["keep_all", "keep_last"])),
      "What is kept for peers that are behind; usually `keep_all`."),
    ConfigurationKey(
      "services.*.dds.qos.depth", .scalar(.integer(1...1_000_000)),
      "How many samples `keep_last` keeps; 1 if not said."),
    ConfigurationKey(
      "services.*.dds.qos.durability", .scalar(.choice(["volatile", "transient_local"])),
      "Whether late readers get what was written before; usually `volatile`."),
    ConfigurationKey(
      "services.*.dds.qos.deadline", .scalar(.duration(1...86_400_000)),
      "How often samples come at least, which both sides must agree on; usually not said."),
    ConfigurationKey(
      "services.*.dds.qos.lifespan", .scalar(.duration(1...86_400_000)),
      "After how long a request that has not been taken is forgotten; usually never."),
  ]

  private static let security: [ConfigurationKey] = [
    ("identity_ca", "Certificate of the authority for identities."),
    ("certificate", "The gateway's own."),
    ("private_key", "That of the certificate."),
    ("permissions_ca", "Certificate of the authority for the two that follow."),
    ("governance", "What the domain protects."),
    ("permissions", "What the gateway may do."),
  ].map { name, text in
    ConfigurationKey("services.*.dds.security.\(name)", .scalar(.text), required: true, text)
  }

  private static let protobuf: [ConfigurationKey] =
    [
      ConfigurationKey("services.*.protobuf", .mapping, "A protobuf schema and its JSON form."),
      ConfigurationKey(
        "services.*.protobuf.files", .list, required: true,
        "Descriptor sets, or `.proto` files, for which `protoc` is run."),
      ConfigurationKey("services.*.protobuf.files[]", .scalar(.text), "A path."),
      ConfigurationKey("services.*.protobuf.include", .list, default: "[]", "Import folders for `protoc`."),
      ConfigurationKey("services.*.protobuf.include[]", .scalar(.text), "A path."),
      ConfigurationKey(
        "services.*.protobuf.protoc", .scalar(.text), default: "protoc", "The compiler to run."),
      ConfigurationKey(
        "services.*.protobuf.names",
        .scalar(.choice(ProtobufSchemaConfiguration.Names.allCases.map(\.rawValue))), default: "json",
        "Field names written: lowerCamelCase or as in the schema; both are read."),
      ConfigurationKey(
        "services.*.protobuf.emit_defaults", .scalar(.boolean), default: "false",
        "Whether fields with their default value are written."),
    ] + jsonForm("services.*.protobuf")

  private static let idl: [ConfigurationKey] =
    [
      ConfigurationKey("services.*.idl", .mapping, "An OMG IDL schema and its JSON form."),
      ConfigurationKey("services.*.idl.files", .list, required: true, "IDL files."),
      ConfigurationKey("services.*.idl.files[]", .scalar(.text), "A path."),
      ConfigurationKey("services.*.idl.include", .list, default: "[]", "Folders for `#include`."),
      ConfigurationKey("services.*.idl.include[]", .scalar(.text), "A path."),
      ConfigurationKey(
        "services.*.idl.defines", .names, "Macros that are defined before the files are read."),
      ConfigurationKey("services.*.idl.defines.*", .scalar(.text), "What stands for the name."),
      ConfigurationKey(
        "services.*.idl.interface", .scalar(.text),
        "Qualified name of the interface; not needed when the files hold one only."),
      ConfigurationKey(
        "services.*.idl.extensibility", .scalar(.choice(["final", "appendable", "mutable"])),
        default: "final",
        "Of types that do not state theirs."),
      ConfigurationKey(
        "services.*.idl.json",
        .scalar(.choice(IDLSchemaConfiguration.Conventions.allCases.map(\.rawValue))), default: "drawbridge",
        "Whose conventions the JSON follows: ours, or those of OMG DDS-JSON 1.0, which leave no choice of `int64` "
          + "and `octets`."),
    ] + jsonForm("services.*.idl") + [
      ConfigurationKey(
        "services.*.idl.missing",
        .scalar(.choice(IDLSchemaConfiguration.Missing.allCases.map(\.rawValue))), default: "error",
        "What becomes of a member that a request lacks and that has no `@default`."),
      ConfigurationKey(
        "services.*.idl.octets",
        .scalar(.choice(IDLSchemaConfiguration.Octets.allCases.map(\.rawValue))), default: "base64",
        "Sequences and arrays of octets as base64 or as arrays; both are read."),
      ConfigurationKey(
        "services.*.idl.enum_collections",
        .scalar(.choice(IDLSchemaConfiguration.EnumCollections.allCases.map(\.rawValue))),
        default: "delimited",
        "Whether XCDR2 puts a size before collections of enumerators; peers on Fast CDR 2 do not."),
    ]

  /// What both schema languages have.
  private static func jsonForm(_ path: String) -> [ConfigurationKey] {
    func option(_ name: String, _ type: ScalarType, _ standard: String, _ text: String) -> ConfigurationKey {
      ConfigurationKey("\(path).\(name)", .scalar(type), default: standard, text)
    }
    return [
      option(
        "enums", .choice(JSONFormConfiguration.Enums.allCases.map(\.rawValue)), "names",
        "Enumerators written by name or by number; both are read."),
      option(
        "int64", .choice(JSONFormConfiguration.Int64Form.allCases.map(\.rawValue)), "string",
        "64-bit integers as strings or as numbers with exact digits."),
      option(
        "non_finite", .choice(JSONFormConfiguration.NonFinite.allCases.map(\.rawValue)), "string",
        "NaN and infinities as strings, as null, or as an error."),
      option("case_insensitive_enums", .boolean, "false", "Whether enumerators are read in any case."),
      option(
        "unknown_fields", .choice(UnknownFields.allCases.map(\.rawValue)), "error",
        "Fields and parameters of a request that the schema does not know."),
    ]
  }

  private static let methods: [ConfigurationKey] = [
    ConfigurationKey("services.*.methods", .names, "Methods by name, for schemas that declare no services."),
    ConfigurationKey("services.*.methods.*", .mapping, "One method."),
    ConfigurationKey(
      "services.*.methods.*.id", .scalar(.text), required: true, "dRPC module and method number: `2/223`."),
    ConfigurationKey(
      "services.*.methods.*.request", .scalar(.text), "Message of the request; without it no body."),
    ConfigurationKey(
      "services.*.methods.*.response", .scalar(.text), "Message of the reply; without it no body."),
  ]
}
