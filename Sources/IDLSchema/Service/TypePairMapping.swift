package import SchemaModel

/// Services without an interface: a type for requests and one for replies (DDS-RPC 1.0, 7.5.2, request/reply style).
///
/// Where the dialect has headers, the types begin with them.
extension IDLSchema {
  /// Adds a service of one operation that is named after it. Its types are what remains of the two without headers.
  /// - Returns: the index of the service in `model.services`; nil after a diagnostic.
  package mutating func addService(
    request: String, reply: String, options: ServiceOptions, diagnostics: inout Diagnostics
  ) -> Int? {
    var findings = Diagnostics()
    let headed = [(request, "Request"), (reply, "Reply")].compactMap { name, role in
      headedType(name, role, options, &findings)
    }
    if headed.count == 2, !findings.hasErrors {
      let annotations = headed.flatMap { self.annotations[$0.type] ?? [] }
      let location = locations[headed[0].type] ?? SourceLocation(file: "")
      let topics = TopicNames(options: options).names(
        [], annotations, configured: true, at: options.location ?? location, &findings)
      if headed[0].extensibility != headed[1].extensibility {
        findings.error(
          "bad-type-pair", at: location, "'\(request)' and '\(reply)' differ in extensibility")
      }
      rpc.operations += [DDSOperationWire?](repeating: nil, count: model.methods.count - rpc.operations.count)
      var row = DDSInterfaceWire(
        name: options.service, requestTopic: topics.request, replyTopic: topics.reply,
        requestTypeName: model[headed[0].type].name, replyTypeName: model[headed[1].type].name,
        sampleExtensibility: headed[0].extensibility, unionExtensibility: headed[0].extensibility)
      row.envelope = options.dialect.envelope
      row.hasOperations = false
      rpc.interfaces.append(row)
      rpc.operations.append(DDSOperationWire(interface: rpc.interfaces.count - 1, label: nil))
      model.methods.append(
        MethodDefinition(name: options.service, request: body(headed[0]), response: body(headed[1])))
      model.services.append(
        ServiceDefinition(name: options.service, methods: model.methods.count - 1..<model.methods.count))
    }
    diagnostics.append(contentsOf: findings)
    return findings.hasErrors ? nil : model.services.count - 1
  }

  private struct HeadedType {
    var type: TypeID
    var fields: Range<Int>
    var extensibility: CDRExtensibility
  }

  private func headedType(
    _ name: String, _ role: String, _ options: ServiceOptions, _ findings: inout Diagnostics
  ) -> HeadedType? {
    let wanted = name.hasPrefix("::") ? String(name.dropFirst(2)) : name
    guard let type = model.typesByName[wanted], case .record(let fields) = model[type].shape,
      !exceptions.contains(type)
    else {
      let near = EditDistance.nearest(to: wanted, among: model.typesByName.keys.sorted())
      findings.error(
        "unknown-type", at: options.location, "no struct '\(wanted)' in the IDL",
        resolution: near.map { "did you mean '\($0)'?" })
      return nil
    }
    if options.dialect.envelope == .bare { return bareType(wanted, type, fields, options, &findings) }
    let header = "dds::rpc::\(role)Header"
    guard let first = fields.first, model[model.fields[first].type].name == header else {
      findings.error(
        "bad-type-pair", at: locations[type] ?? options.location,
        "the first member of '\(wanted)' is not '\(header) header'")
      return nil
    }
    let own = wire.types[Int(type.rawValue)].extensibility
    let headers = wire.types[Int(model.fields[first].type.rawValue)].extensibility
    guard own != .mutable, own == headers, !wire.fields[first].isOptional else {
      findings.error(
        "bad-type-pair", at: locations[type] ?? options.location,
        "'\(wanted)' is \(own) and its header \(headers): both must be final, or both appendable")
      return nil
    }
    return HeadedType(type: type, fields: fields.dropFirst(), extensibility: own)
  }

  private func bareType(
    _ name: String, _ type: TypeID, _ fields: Range<Int>, _ options: ServiceOptions,
    _ findings: inout Diagnostics
  ) -> HeadedType? {
    let own = wire.types[Int(type.rawValue)].extensibility
    guard own != .mutable else {
      findings.error(
        "bad-type-pair", at: locations[type] ?? options.location,
        "'\(name)' is mutable, which the dialect '\(options.dialect.name)' does not have here: it must be final or appendable"
      )
      return nil
    }
    return HeadedType(type: type, fields: fields, extensibility: own)
  }

  /// The members behind the header. Nothing stands around them: they end the sample.
  private mutating func body(_ headed: HeadedType) -> TypeID? {
    let members = headed.fields.map { Member(field: model.fields[$0], wire: wire.fields[$0]) }
    return addRecord(named: "", members, CDRTypeWire(extensibility: .final))
  }
}
