package import SchemaModel

/// Interfaces to services. Source: OMG DDS-RPC 1.0 (formal/2017-04-01), 7.5.1, Basic service mapping.
extension IDLSchema {
  /// Adds an interface with all that it inherits as a service.
  ///
  /// Its methods are the operations by their bare names, those of bases first. Each interface has its own pair of topics,
  /// unless the dialect sends inherited operations through the interface's own.
  /// - Returns: the index of the service in `model.services`; nil after a diagnostic.
  package mutating func addService(
    interface index: Int, options: ServiceOptions, diagnostics: inout Diagnostics
  ) -> Int? {
    var findings = Diagnostics()
    let main = interfaces[index]
    let lineage = lineage(of: index)
    let firstMethod = model.methods.count
    rpc.operations += [DDSOperationWire?](repeating: nil, count: firstMethod - rpc.operations.count)
    var mapping = OperationMapping(options: options)
    if options.dialect.flattensInheritance {
      mapping.begin(interface: addInterface(main, options, isMain: true, &findings), prefix: main)
      for base in lineage { mapping.add(interfaces[base].operations, &self, &findings) }
    } else {
      // Nobody serves the topics of an interface without operations of its own.
      for base in lineage where !interfaces[base].operations.isEmpty {
        let row = addInterface(interfaces[base], options, isMain: base == index, &findings)
        mapping.begin(interface: row, prefix: interfaces[base])
        mapping.add(interfaces[base].operations, &self, &findings)
      }
    }
    diagnostics.append(contentsOf: findings)
    guard !findings.hasErrors else { return nil }
    model.services.append(
      ServiceDefinition(
        name: main.name, documentation: main.documentation, methods: firstMethod..<model.methods.count))
    return model.services.count - 1
  }

  /// An interface and its bases, each once, a base before what inherits from it.
  func lineage(of index: Int) -> [Int] {
    var result: [Int] = []
    var pending: [(index: Int, isDone: Bool)] = [(index, false)]
    var seen: Set<Int> = []
    while let (next, isDone) = pending.popLast() {
      if isDone {
        result.append(next)
      } else if seen.insert(next).inserted {
        pending.append((next, true))
        pending += interfaces[next].bases.reversed().map { ($0, false) }
      }
    }
    return result
  }

  private mutating func addInterface(
    _ interface: IDLInterface, _ options: ServiceOptions, isMain: Bool, _ findings: inout Diagnostics
  ) -> Int {
    let topics = TopicNames(options: options).names(
      interface.name.components(of: "::"), interface.annotations, configured: isMain, at: interface.location,
      &findings)
    let isBare = options.dialect.envelope == .bare
    let content = options.extensibility.content
    var row = DDSInterfaceWire(
      name: interface.name, requestTopic: topics.request, replyTopic: topics.reply,
      requestTypeName: interface.name + (isBare ? "_Call" : "_Request"),
      replyTypeName: interface.name + (isBare ? "_Return" : "_Reply"),
      sampleExtensibility: isBare ? content : options.extensibility.sample, unionExtensibility: content)
    row.envelope = options.dialect.envelope
    row.qos = QoSAnnotation.read(interface.annotations, at: interface.location, &findings)
    rpc.interfaces.append(row)
    return rpc.interfaces.count - 1
  }

  /// Adds a type that no IDL declares; nil when its name is taken.
  mutating func addRecord(
    named name: String, _ members: [Member], _ wire: CDRTypeWire
  ) -> TypeID? {
    if !name.isEmpty, model.typesByName[name] != nil { return nil }
    let start = model.fields.count
    for (index, member) in members.enumerated() {
      model.fields.append(member.field)
      self.wire.fields.append(member.wire)
      self.wire.fields[start + index].memberID = UInt32(index)
    }
    self.wire.types.append(wire)
    return model.append(TypeDefinition(name: name, shape: .record(fields: start..<model.fields.count)))
  }
}
