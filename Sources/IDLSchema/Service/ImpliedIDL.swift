internal import SchemaModel

/// Prints the types that a service implies, as `idlc` of Cyclone DDS 0.10 compiles them right: constants in signed decimal,
/// exceptions as structs, an extensibility on every type, `default` last in each union.
///
/// Source: OMG DDS-RPC 1.0 (formal/2017-04-01), 7.5.1.
extension IDLSchema {
  /// The IDL of a service that `addService` added.
  package func impliedIDL(service: Int) -> String {
    var printer = ImpliedIDL(schema: self)
    printer.print(model.services[service])
    return printer.head + printer.types.text
  }
}

private struct ImpliedIDL {
  let schema: IDLSchema
  var head = ""
  var types: TypePrinter

  init(schema: IDLSchema) {
    self.schema = schema
    types = TypePrinter(schema: schema)
  }

  mutating func print(_ service: ServiceDefinition) {
    var rows: [Int] = []
    for method in service.methods {
      guard let row = schema.rpc.operations[method]?.interface else { continue }
      if !rows.contains(row) { rows.append(row) }
    }
    let declares = schema.model.typesByName["dds::rpc::RequestHeader"] != nil
    let isPair = service.methods.contains { schema.rpc.operations[$0]?.label == nil }
    let isBare = rows.contains { schema.rpc.interfaces[$0].envelope == .bare }
    head =
      "// The types of \(service.name) on the wire (\(isBare ? "without headers" : "OMG DDS-RPC 1.0, Basic service mapping")).\n"
    for row in rows {
      let wire = schema.rpc.interfaces[row]
      head += "// \(wire.name): requests on \(wire.requestTopic), replies on \(wire.replyTopic)\n"
    }
    if isBare {
      if !isPair { head += CommonTypes.unknownOperation }
    } else if !declares, let row = rows.first {
      head += CommonTypes.text(schema.rpc.interfaces[row].sampleExtensibility)
    }
    if declares, !isBare {
      for name in ["dds::rpc::RequestHeader", "dds::rpc::ReplyHeader"] { define(name) }
    }
    for row in rows {
      let wire = schema.rpc.interfaces[row]
      if isPair {
        for name in [wire.requestTypeName, wire.replyTypeName] { define(name) }
      } else {
        let methods = service.methods.filter { schema.rpc.operations[$0]?.interface == row }
        interface(wire, Array(methods))
      }
    }
    types.move(to: [])
  }

  private mutating func define(_ name: String) {
    if let type = schema.model.typesByName[name] { types.define(type) }
  }

  private mutating func interface(_ wire: DDSInterfaceWire, _ methods: [Int]) {
    for method in methods {
      for type in [schema.model.methods[method].request, schema.model.methods[method].response] {
        if let type { types.define(type) }
      }
      for exception in schema.rpc.operations[method]?.exceptions ?? [] { types.define(exception.type) }
    }
    let name = TypePrinter.last(wire.name)
    var lines = constants(name, methods)
    let isBare = wire.envelope == .bare
    let union = "@\(wire.unionExtensibility) @nested union"
    let outer = isBare ? "@\(wire.unionExtensibility) union" : union
    let sample = "@\(wire.sampleExtensibility) @topic struct"
    lines.append("  \(outer) \(name)_Call switch(long) {")
    lines += methods.map { method in
      let operation = schema.model.methods[method].name
      return "    case \(name)_\(operation)_Hash: \(name)_\(operation)_In \(TypePrinter.escaped(operation));"
    }
    lines += ["    default: ::dds::rpc::UnknownOperation unknownOp;", "  };"]
    if !isBare {
      lines.append("  \(sample) \(name)_Request { ::dds::rpc::RequestHeader header; \(name)_Call data; };")
    }
    let answered = methods.filter { schema.model.methods[$0].response != nil }
    for method in answered { lines += result(name, method, union) }
    lines.append("  \(outer) \(name)_Return switch(long) {")
    if isBare { lines.append("    case 0: long remoteEx;") }
    lines += answered.map { method in
      let operation = schema.model.methods[method].name
      return
        "    case \(name)_\(operation)_Hash: \(name)_\(operation)_Result \(TypePrinter.escaped(operation));"
    }
    lines += ["    default: ::dds::rpc::UnknownOperation unknownOp;", "  };"]
    if !isBare {
      lines.append("  \(sample) \(name)_Reply { ::dds::rpc::ReplyHeader header; \(name)_Return data; };")
    }
    types.define(in: wire.name, lines)
  }

  /// `const long RobotControl_command_Hash = -22164451;` and those of the exceptions.
  private func constants(_ name: String, _ methods: [Int]) -> [String] {
    var lines: [String] = []
    var seen: Set<TypeID> = []
    for method in methods {
      guard let operation = schema.rpc.operations[method], let label = operation.label else { continue }
      lines.append("  const long \(name)_\(schema.model.methods[method].name)_Hash = \(label);")
      for exception in operation.exceptions where seen.insert(exception.type).inserted {
        lines.append("  const long \(hashName(name, exception)) = \(exception.labels[0]);")
      }
    }
    return lines
  }

  /// Qualified, because exceptions of other modules may be called the same.
  private func hashName(_ interface: String, _ exception: DDSExceptionWire) -> String {
    "\(interface)_\(exception.name.replacing("::", with: "_"))_Ex_Hash"
  }

  private func result(_ name: String, _ method: Int, _ union: String) -> [String] {
    let operation = schema.model.methods[method].name
    var lines = [
      "  \(union) \(name)_\(operation)_Result switch(long) {",
      "    case 0: \(name)_\(operation)_Out result;",
    ]
    var taken: Set<String> = ["result"]
    for exception in schema.rpc.operations[method]?.exceptions ?? [] {
      let stem = (exception.name.components(of: "::").last ?? "").lowercased() + "_ex"
      var member = stem
      var number = 0
      while !taken.insert(member).inserted {
        number += 1
        member = "\(stem)_\(number)"
      }
      lines.append("    case \(hashName(name, exception)): \(types.name(exception.type)) \(member);")
    }
    return lines + ["  };"]
  }
}
