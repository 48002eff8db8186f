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
      "services.*.errors", .names,
      "Another HTTP status for a problem (`backend-unavailable`), a dRPC status (`FAILURE`) or a body status "
        + "(`-1005`)."),
    ConfigurationKey("services.*.errors.*", .scalar(.integer(400...599)), "The HTTP status."),
    ConfigurationKey(
      "services.*.exceptions", .names, available: false, "HTTP status of an exception by its qualified name."),
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
      "services.*.drpc.select",
      .scalar(.choice(DRPCServiceConfiguration.Selection.allCases.map(\.rawValue))), default: "first",
      "Which socket a call takes: the first that can be called."),
    ConfigurationKey(
      "services.*.drpc.framing",
      .scalar(.choice(DRPCServiceConfiguration.Framing.allCases.map(\.rawValue))), default: "auto",
      "`raw` up to DAOS 2.6, `chunked` from 2.8; `auto` asks each socket once."),
    ConfigurationKey(
      "services.*.drpc.connections", .scalar(.integer(1...1024)), default: "8",
      "Connections to each socket, all loops together."),
    ConfigurationKey(
      "services.*.drpc.queue", .scalar(.integer(0...65_536)), default: "64",
      "Calls that may wait for a connection; more are 503."),
    ConfigurationKey(
      "services.*.drpc.max_request", .scalar(.size(1...1 << 30)),
      "Largest request; by default 128KiB with raw framing, which an engine would cut off, else the body limit."
    ),
    ConfigurationKey(
      "services.*.drpc.max_reply", .scalar(.size(1...1 << 30)), default: "64MiB", "Largest reply."),
    ConfigurationKey(
      "services.*.drpc.allow", .list,
      "Methods that may be called although they change state or hand out the gateway's own credentials."),
    ConfigurationKey("services.*.drpc.allow[]", .scalar(.text), "A method's name or `module/method`."),
  ]

  private static let dds: [ConfigurationKey] = [
    ConfigurationKey("services.*.dds", .mapping, available: false, "A DDS-RPC backend."),
    ConfigurationKey("services.*.dds.domain", .scalar(.integer(0...232)), default: "0", "DDS domain."),
    ConfigurationKey(
      "services.*.dds.dialect", .scalar(.text), default: "omg-basic", "How peers map RPC to DDS."),
    ConfigurationKey(
      "services.*.dds.service", .scalar(.text), default: "Service", "Service name in the topics."),
    ConfigurationKey(
      "services.*.dds.instance", .scalar(.text), default: "\"\"", "Instance name; empty for any."),
    ConfigurationKey("services.*.dds.interface", .scalar(.text), "Network interface."),
    ConfigurationKey(
      "services.*.dds.match_timeout", .scalar(.duration(0...60_000)), default: "1s",
      "How long a call waits for a peer to appear."),
  ]

  private static let protobuf: [ConfigurationKey] = [
    ConfigurationKey("services.*.protobuf", .mapping, "A protobuf schema and its JSON form."),
    ConfigurationKey(
      "services.*.protobuf.files", .list, required: true,
      "Descriptor sets, or `.proto` files, for which `protoc` is run."),
    ConfigurationKey("services.*.protobuf.files[]", .scalar(.text), "A path."),
    ConfigurationKey("services.*.protobuf.include", .list, default: "[]", "Import folders for `protoc`."),
    ConfigurationKey("services.*.protobuf.include[]", .scalar(.text), "A path."),
    ConfigurationKey("services.*.protobuf.protoc", .scalar(.text), default: "protoc", "The compiler to run."),
    option(
      "names", .choice(ProtobufSchemaConfiguration.Names.allCases.map(\.rawValue)), "json",
      "Field names written: lowerCamelCase or as in the schema; both are read."),
    option(
      "enums", .choice(ProtobufSchemaConfiguration.Enums.allCases.map(\.rawValue)), "names",
      "Enumerators written by name or by number; both are read."),
    option("emit_defaults", .boolean, "false", "Whether fields with their default value are written."),
    option(
      "int64", .choice(ProtobufSchemaConfiguration.Int64Form.allCases.map(\.rawValue)), "string",
      "64-bit integers as strings or as numbers with exact digits."),
    option(
      "non_finite", .choice(ProtobufSchemaConfiguration.NonFinite.allCases.map(\.rawValue)), "string",
      "NaN and infinities as strings, as null, or as an error."),
    option("case_insensitive_enums", .boolean, "false", "Whether enumerators are read in any case."),
    option(
      "unknown_fields", .choice(UnknownFields.allCases.map(\.rawValue)), "error",
      "Fields and parameters of a request that the schema does not know."),
  ]

  private static func option(
    _ name: String, _ type: ScalarType, _ standard: String, _ text: String
  ) -> ConfigurationKey {
    ConfigurationKey("services.*.protobuf.\(name)", .scalar(type), default: standard, text)
  }

  private static let idl: [ConfigurationKey] = [
    ConfigurationKey("services.*.idl", .mapping, available: false, "An OMG IDL schema."),
    ConfigurationKey("services.*.idl.files", .list, required: true, "IDL files."),
    ConfigurationKey("services.*.idl.files[]", .scalar(.text), "A path."),
    ConfigurationKey("services.*.idl.include", .list, default: "[]", "Folders for `#include`."),
    ConfigurationKey("services.*.idl.include[]", .scalar(.text), "A path."),
    ConfigurationKey("services.*.idl.interface", .scalar(.text), "Qualified name of the interface."),
  ]

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
