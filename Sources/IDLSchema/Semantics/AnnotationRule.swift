/// What may be annotated.
struct AnnotationTargets: OptionSet, Sendable {
  let rawValue: Int

  static let record = Self(rawValue: 1)
  static let union = Self(rawValue: 2)
  static let enumeration = Self(rawValue: 4)
  static let bitmask = Self(rawValue: 8)
  static let bitset = Self(rawValue: 16)
  static let member = Self(rawValue: 32)
  static let caseMember = Self(rawValue: 64)
  static let enumerator = Self(rawValue: 128)
  static let flag = Self(rawValue: 256)
  static let interface = Self(rawValue: 512)
  static let operation = Self(rawValue: 1024)
  static let attribute = Self(rawValue: 2048)
  static let parameter = Self(rawValue: 4096)
  static let module = Self(rawValue: 8192)
  static let typedef = Self(rawValue: 16384)
  static let constant = Self(rawValue: 32768)
  static let discriminator = Self(rawValue: 65536)
  static let bitfield = Self(rawValue: 131072)

  static let types: Self = [.record, .union, .enumeration, .bitmask, .bitset]
  static let members: Self = [.member, .caseMember, .parameter]
  static let calls: Self = [.operation, .attribute]
  static let everything = Self(rawValue: .max)
}

/// What is known of an annotation.
struct AnnotationRule: Sendable {
  /// The first is the one that a value without a name goes to.
  var parameters: [String] = ["value"]
  /// Any parameter is taken.
  var isOpen = false
  var required: Set<String> = []
  var targets: AnnotationTargets = .everything

  /// Source: IDL 4.2, 8.3; DDS-XTypes 1.3, 7.3.1.2; DDS-RPC 1.0, 7.3 and 7.4. `http` and `http_status` are ours.
  static let standard: [String: AnnotationRule] = {
    var rules: [String: AnnotationRule] = [
      "id": .init(required: ["value"], targets: .members),
      "autoid": .init(targets: [.record, .union, .module]),
      "hashid": .init(targets: .members),
      "optional": .init(targets: [.member, .parameter]),
      "position": .init(required: ["value"], targets: .flag),
      "value": .init(required: ["value"], targets: .enumerator),
      "extensibility": .init(required: ["value"], targets: .types),
      "final": .init(parameters: [], targets: .types),
      "appendable": .init(parameters: [], targets: .types),
      "mutable": .init(parameters: [], targets: .types),
      "key": .init(targets: [.member, .discriminator]),
      "must_understand": .init(targets: [.member, .parameter, .caseMember, .discriminator]),
      "default_literal": .init(parameters: [], targets: .enumerator),
      "default": .init(required: ["value"], targets: [.members, .attribute, .typedef]),
      "range": .init(
        parameters: ["min", "max"], required: ["min", "max"], targets: [.members, .attribute, .typedef]),
      "min": .init(required: ["value"], targets: [.members, .attribute, .typedef]),
      "max": .init(required: ["value"], targets: [.members, .attribute, .typedef]),
      "unit": .init(required: ["value"], targets: [.members, .attribute, .typedef, .constant]),
      "bit_bound": .init(required: ["value"], targets: [.enumeration, .bitmask]),
      "external": .init(targets: .members),
      "nested": .init(targets: .types),
      "default_nested": .init(targets: .module),
      "verbatim": .init(parameters: ["language", "placement", "text"], required: ["text"]),
      "topic": .init(parameters: ["name", "platform"], targets: .types),
      "service": .init(parameters: ["platform"], targets: .interface),
      "oneway": .init(targets: .operation),
      "ami": .init(targets: [.interface, .operation]),
      "ignore_literal_names": .init(targets: .enumeration),
      "try_construct": .init(),
      "data_representation": .init(targets: [.types, .module]),
      "DDSService": .init(parameters: ["name"], targets: .interface),
      "DDSRequestTopic": .init(parameters: ["name"], required: ["name"], targets: [.interface, .record]),
      "DDSReplyTopic": .init(parameters: ["name"], required: ["name"], targets: [.interface, .record]),
      "RPCRequestType": .init(parameters: ["name"], targets: .record),
      "RPCReplyType": .init(parameters: ["name"], targets: .record),
      "non_serialized": .init(targets: .members),
      "http_status": .init(required: ["value"], targets: .record),
    ]
    for name in ["QoS", "Qos"] { rules[name] = AnnotationRule(isOpen: true, targets: .interface) }
    rules["http"] = AnnotationRule(isOpen: true, targets: .calls)
    return rules
  }()
}
