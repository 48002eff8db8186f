internal import SchemaModel

/// Operations to methods: their request and reply records, and the numbers that select them.
struct OperationMapping {
  let options: ServiceOptions
  private var interface = 0
  /// `robot::RobotControl`
  private var prefix = ""
  /// Operations by the discriminator that selects them among those of one pair of topics.
  private var labels: [Int32: String] = [:]
  /// All methods of the service by name, with the interface of each.
  private var names: [String: String] = [:]

  init(options: ServiceOptions) { self.options = options }

  /// Operations that follow go through the topics of this interface.
  mutating func begin(interface index: Int, prefix owner: IDLInterface) {
    interface = index
    prefix = owner.name
    labels = [:]
  }

  mutating func add(_ operations: [IDLOperation], _ schema: inout IDLSchema, _ findings: inout Diagnostics) {
    for operation in operations {
      if let other = names.updateValue(prefix, forKey: operation.name) {
        findings.error(
          "duplicate-operation", at: operation.location,
          "'\(operation.name)' of '\(prefix)' and of '\(other)' cannot be told apart in a URL")
      }
      if operation.isAttribute, !options.dialect.hasAttributes {
        findings.error(
          "unsupported-construct", at: operation.location,
          "the dialect '\(options.dialect.name)' has no attributes")
        continue
      }
      add(operation, &schema, &findings)
    }
  }

  private mutating func add(
    _ operation: IDLOperation, _ schema: inout IDLSchema, _ findings: inout Diagnostics
  ) {
    let label = options.dialect.hash(operation.name)
    if let other = labels.updateValue(operation.name, forKey: label) {
      findings.error(
        "hash-collision", at: operation.location,
        "'\(operation.name)' and '\(other)' have the same hash \(label)",
        resolution: "rename one of them: the DDS-RPC mapping cannot tell them apart")
    }
    if label == 0 {
      findings.error(
        "hash-collision", at: operation.location, "the hash of '\(operation.name)' is 0",
        resolution: "rename it: the DDS-RPC mapping cannot select it")
    }
    let request = record(operation, "In", Self.inputs(operation), &schema, &findings)
    let response =
      operation.isOneway
      ? nil : record(operation, "Out", Self.outputs(operation), &schema, &findings)
    let exceptions = exceptions(operation, &schema, &findings)
    var method = MethodDefinition(
      name: operation.name, documentation: operation.documentation, request: request, response: response,
      exceptions: operation.raises, oneway: operation.isOneway)
    method.routes = RouteAnnotation.rules(of: operation, &findings)
    schema.model.methods.append(method)
    schema.rpc.operations.append(
      DDSOperationWire(
        interface: interface, label: label, isOneway: operation.isOneway, exceptions: exceptions))
  }

  /// `I_op_In` or `I_op_Out`; without members it is one octet.
  private func record(
    _ operation: IDLOperation, _ ending: String, _ members: [Member], _ schema: inout IDLSchema,
    _ findings: inout Diagnostics
  ) -> TypeID? {
    let name = "\(prefix)_\(operation.name)_\(ending)"
    let wire = CDRTypeWire(
      extensibility: options.extensibility.content,
      isPlaceholder: members.isEmpty && options.dialect.writesPlaceholder)
    if let id = schema.addRecord(named: name, members, wire) { return id }
    findings.error(
      "redefinition", at: operation.location,
      "'\(name)', which DDS-RPC needs for '\(operation.name)', exists already")
    return nil
  }

  private static func inputs(_ operation: IDLOperation) -> [Member] {
    operation.parameters.filter { $0.direction != .out }.map(\.member)
  }

  /// out and inout in their order, then the result.
  private static func outputs(_ operation: IDLOperation) -> [Member] {
    var members = operation.parameters.filter { $0.direction != .in }.map(\.member)
    guard let result = operation.result else { return members }
    let taken = Set(operation.parameters.filter { $0.direction != .in }.map { $0.member.field.name })
    var name = "return_"
    var number = 0
    while taken.contains(name) {
      number += 1
      name = "return_\(number)"
    }
    members.append(
      Member(
        field: FieldDefinition(name: name, jsonName: name, type: result, presence: .required),
        wire: CDRFieldWire(memberID: 0)))
    return members
  }

  // MARK: Exceptions

  private func exceptions(
    _ operation: IDLOperation, _ schema: inout IDLSchema, _ findings: inout Diagnostics
  ) -> [DDSExceptionWire] {
    let bare = operation.raises.map { schema.model[$0].name.components(of: "::").last ?? "" }
    let counts = Dictionary(bare.map { ($0, 1) }, uniquingKeysWith: +)
    var taken: [Int32: String] = [:]
    var result: [DDSExceptionWire] = []
    for (position, type) in operation.raises.enumerated() {
      let name = schema.model[type].name
      let isUnique = counts[bare[position]] == 1
      var labels = [options.dialect.hash(name)]
      let unqualified = options.dialect.hash(bare[position])
      if options.dialect.readsUnqualifiedExceptions, isUnique, unqualified != labels[0] {
        labels.append(unqualified)
        if options.exceptionHash == .unqualified || options.dialect.prefersUnqualifiedExceptions {
          labels.reverse()
        }
      }
      for label in labels {
        if let other = taken.updateValue(name, forKey: label) ?? (label == 0 ? "the plain result" : nil) {
          findings.error(
            "hash-collision", at: schema.locations[type] ?? operation.location,
            "the exception '\(name)' and \(other) have the same hash \(label)",
            resolution: "rename one of them: the DDS-RPC mapping cannot tell them apart")
        }
      }
      if case .record(let fields) = schema.model[type].shape, fields.isEmpty {
        schema.wire.types[Int(type.rawValue)].isPlaceholder = options.dialect.writesExceptionPlaceholder
      }
      result.append(DDSExceptionWire(name: name, type: type, labels: labels))
    }
    return result
  }
}
