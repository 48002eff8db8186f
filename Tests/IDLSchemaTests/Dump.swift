import SchemaModel

@testable import IDLSchema

/// The tables as text, one line each, so that a file can be compared.
struct Dump {
  let schema: IDLSchema
  private(set) var lines: [String] = []

  static func text(_ schema: IDLSchema) -> String {
    var dump = Dump(schema: schema)
    dump.types()
    dump.interfaces()
    dump.services()
    return dump.lines.map { $0 + "\n" }.joined()
  }

  private init(schema: IDLSchema) { self.schema = schema }

  private mutating func add(_ line: String, _ documentation: String) {
    let comment =
      documentation.isEmpty ? "" : " // " + documentation.split(separator: "\n").joined(separator: " | ")
    lines.append(line + comment)
  }

  private mutating func types() {
    for (index, type) in schema.model.types.enumerated() where !type.name.isEmpty {
      let wire = schema.wire.types[index]
      switch type.shape {
      case .record(let fields):
        add(
          "record \(type.name) \(wire.extensibility)\(wire.isPlaceholder ? " placeholder" : "")",
          type.documentation)
        for field in fields { member(field) }
      case .union(let discriminator, let fields):
        add("union \(type.name) \(wire.extensibility) switch \(name(discriminator))", type.documentation)
        for field in fields { member(field) }
      case .bitset(let fields, let bits):
        add("bitset \(type.name) \(bits)", type.documentation)
        for field in fields { member(field) }
      case .enumeration(let range, let closed):
        let fallback = wire.defaultEnumerator.map { " default \($0)" } ?? ""
        add("enum \(type.name) \(wire.bitBound)\(closed ? "" : " open")\(fallback)", type.documentation)
        for entry in schema.model.enumerators[range] {
          add("  \(entry.number) \(entry.name)", entry.documentation)
        }
      case .bitmask(let range, let bits):
        add("bitmask \(type.name) \(bits)", type.documentation)
        for entry in schema.model.enumerators[range] {
          add("  \(entry.number) \(entry.name)", entry.documentation)
        }
      default: lines.append("? \(type.name)")
      }
    }
  }

  private mutating func member(_ index: Int) {
    let field = schema.model.fields[index]
    let wire = schema.wire.fields[index]
    var line = "  \(wire.memberID) \(field.name) \(name(field.type))"
    if wire.isOptional { line += " optional" }
    if wire.isOptional != (field.presence == .explicit), wire.labels.isEmpty, !wire.isDefault {
      line += " \(field.presence)"
    }
    if wire.mustUnderstand { line += " must_understand" }
    if !wire.labels.isEmpty { line += " case " + wire.labels.map { "\($0)" }.joined(separator: ",") }
    if wire.isDefault { line += " default" }
    if wire.bitWidth > 0 { line += " bits \(wire.bitPosition)+\(wire.bitWidth)" }
    if let value = field.defaultValue { line += " = \(value)" }
    if let unit = field.unit { line += " unit \(unit)" }
    if field.jsonName != field.name { line += " json \(field.jsonName)" }
    add(line, field.documentation)
  }

  private func name(_ id: TypeID) -> String {
    let type = schema.model[id]
    if !type.name.isEmpty { return type.name }
    func bounded(_ bound: Int32?) -> String { bound.map { ",\($0)" } ?? "" }
    switch type.shape {
    case .primitive(let primitive, let bound):
      let limits = [("min", type.minimum), ("max", type.maximum)].compactMap { name, value in
        value.map { " \(name) \($0)" }
      }
      return "\(primitive)\(bound.map { "<\($0)>" } ?? "")\(limits.joined())"
    case .list(let element, let bound): return "list<\(name(element))\(bounded(bound))>"
    case .array(let element, let count): return "array<\(name(element)),\(count)>"
    case .map(let key, let value, let bound): return "map<\(name(key)),\(name(value))\(bounded(bound))>"
    default: return "?"
    }
  }

  private mutating func interfaces() {
    for interface in schema.interfaces {
      let bases = interface.bases.map { schema.interfaces[$0].name }.joined(separator: ", ")
      add("interface \(interface.name)\(bases.isEmpty ? "" : " : \(bases)")", interface.documentation)
      annotations(interface.annotations)
      for operation in interface.operations {
        add("  \(operation.isOneway ? "oneway " : "")\(operation.name)", operation.documentation)
        annotations(operation.annotations)
      }
    }
  }

  private mutating func annotations(_ annotations: [IDLAnnotation]) {
    for annotation in annotations {
      let parameters = annotation.parameters.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
      lines.append("    @\(annotation.name)(\(parameters))")
    }
  }

  private mutating func services() {
    for row in schema.rpc.interfaces {
      lines.append(
        "topics \(row.name): \(row.requestTopic) \(row.replyTopic) \(row.requestTypeName) \(row.replyTypeName)"
          + " \(row.sampleExtensibility) \(row.unionExtensibility)\(row.envelope == .bare ? " bare" : "")")
      if row.qos != DDSQoS() {
        let qos = row.qos
        lines.append(
          "  qos \(qos.reliability) \(qos.history) \(qos.durability) \(qos.deadline as Duration?) \(qos.lifespan as Duration?)"
        )
      }
    }
    for service in schema.model.services {
      add("service \(service.name)", service.documentation)
      for index in service.methods {
        let method = schema.model.methods[index]
        guard let wire = schema.rpc.operations[index] else { continue }
        let label = wire.label.map { "\($0)" } ?? "no label"
        let request = method.request.map(name) ?? "nothing"
        let response = method.response.map(name) ?? "nothing"
        let topic = schema.rpc.interfaces[wire.interface].name
        add("  \(method.name) \(label) \(topic) \(request) -> \(response)", method.documentation)
        for exception in wire.exceptions {
          lines.append(
            "    raises \(exception.name) \(exception.labels.map { "\($0)" }.joined(separator: " or "))")
        }
      }
    }
  }
}
