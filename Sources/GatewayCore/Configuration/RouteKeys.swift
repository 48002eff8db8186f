/// Rows of `services.*.routes`: the fields of `google.api.HttpRule`, then ours.
enum RouteKeys {
  static let verbs = ["get", "put", "post", "delete", "patch"]

  static let rows: [ConfigurationKey] =
    [
      ConfigurationKey("services.*.routes", .names, "Routes by method name."),
      ConfigurationKey(path, .oneOrMany, "One route, or a list of them."),
    ] + rule(path) + [
      ConfigurationKey("\(path).additional_bindings", .list, "More paths for the same route."),
      ConfigurationKey("\(path).additional_bindings[]", .mapping, "Verb, path and bodies."),
    ] + rule("\(path).additional_bindings[]") + own

  private static let path = "services.*.routes.*"

  private static func rule(_ path: String) -> [ConfigurationKey] {
    verbs.map { verb in
      ConfigurationKey("\(path).\(verb)", .scalar(.text), "Path template of a \(verb.uppercased()) route.")
    } + [
      ConfigurationKey("\(path).custom", .mapping, "A route of another method."),
      ConfigurationKey("\(path).custom.kind", .scalar(.text), required: true, "The method; `*` for any."),
      ConfigurationKey("\(path).custom.path", .scalar(.text), required: true, "Path template."),
      ConfigurationKey(
        "\(path).body", .scalar(.text),
        "`*`: the body is the message; a field path: it is that field; empty: no body. By default `*` on post, put "
          + "and patch."),
      ConfigurationKey(
        "\(path).response_body", .scalar(.text), "Field path of the reply that is the answer."),
    ]
  }

  private static let own: [ConfigurationKey] = [
    ConfigurationKey("\(path).set", .fields, "Fixed fields; a client that gives one gets 400."),
    ConfigurationKey("\(path).default", .fields, "Fields for when the client gives none."),
    ConfigurationKey(
      "\(path).timeout", .scalar(.duration(1...86_400_000)), "Deadline of the call; by default the service's."
    ),
    ConfigurationKey(
      "\(path).success", .scalar(.integer(200...299)),
      "Status of a success; 204 drops the body. By default the service's; a call that is accepted but not done is 202."
    ),
    ConfigurationKey(
      "\(path).errors", .scalarOrNames(.choice(ErrorFormat.allCases.map(\.rawValue))),
      "As on the service, before it."),
    ConfigurationKey(
      "\(path).errors.format", .scalar(.choice(ErrorFormat.allCases.map(\.rawValue))), "As on the service."),
    ConfigurationKey("\(path).errors.*", .scalar(.integer(200...599)), "The HTTP status."),
    ConfigurationKey(
      "\(path).raw", .scalar(.boolean), default: "false",
      "Whether bodies may also come and go in the wire form, as `application/x-protobuf` or `application/cdr`."
    ),
    ConfigurationKey(
      "\(path).request_headers", .names, "Header fields of the request that are fields of the message."),
    ConfigurationKey("\(path).request_headers.*", .scalar(.text), "Field path of the request."),
    ConfigurationKey(
      "\(path).response_headers", .names, "Header fields of the answer that are taken from the reply."),
    ConfigurationKey("\(path).response_headers.*", .scalar(.text), "Field path of the reply."),
    ConfigurationKey(
      "\(path).unknown_fields", .scalar(.choice(UnknownFields.allCases.map(\.rawValue))),
      "As in the schema, before it."),
    ConfigurationKey("\(path).exceptions", .names, "As on the service, before it."),
    ConfigurationKey("\(path).exceptions.*", .scalar(.integer(400...599)), "The HTTP status."),
    ConfigurationKey(
      "\(path).replies", .scalarOrMapping(.choice(["one", "open"])), default: "one",
      "`one` reply to a call; `open`: as many as come until the client leaves; otherwise when they end. Several are "
        + "streamed as `application/x-ndjson` or `text/event-stream`, by `Accept`."),
    ConfigurationKey("\(path).replies.until", .mapping, "The last reply is the one with this value."),
    ConfigurationKey(
      "\(path).replies.until.member", .scalar(.text), required: true, "Field path of the reply."),
    ConfigurationKey(
      "\(path).replies.until.equals", .scalar(.text), required: true,
      "A number, a text, an enumerator, `true` or `false`."),
    ConfigurationKey(
      "\(path).replies.idle", .scalar(.duration(1...86_400_000)),
      "After the first reply, the end is this long without another."),
    ConfigurationKey(
      "\(path).replies.count", .scalar(.integer(1...1_000_000_000)), "So many replies, and no more."),
    ConfigurationKey(
      "\(path).lookup", .oneOrMany,
      "A call made first, whose reply gives fields; of several the first whose `when` holds is made."),
    ConfigurationKey(
      "\(path).lookup.method", .scalar(.text), required: true, "A method of the service, or `SERVICE.METHOD`."
    ),
    ConfigurationKey(
      "\(path).lookup.when", .names, "Variables of the path, and what they must look like; by default always."
    ),
    ConfigurationKey(
      "\(path).lookup.when.*",
      .scalar(.choice(LookupConfiguration.Condition.allCases.map(\.rawValue))), "The form of the value."),
    ConfigurationKey(
      "\(path).lookup.set", .fields, "Fields of its request; `\"{name}\"` is that variable of the path."),
    ConfigurationKey(
      "\(path).lookup.take", .names, required: true,
      "Fields of the route's request, each with the field of the reply that fills it; a client that gives one gets 400."
    ),
    ConfigurationKey("\(path).lookup.take.*", .scalar(.text), "A field path of the reply."),
    ConfigurationKey("\(path).allow", .list, available: false, "Who may call the route."),
    ConfigurationKey("\(path).allow[]", .scalar(.text), "A role."),
  ]
}
