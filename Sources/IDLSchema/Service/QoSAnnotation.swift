internal import SchemaModel

/// `@QoS(reliability = BEST_EFFORT, depth = 5)`, also written `@Qos`: the keys that stand in the IDL itself.
struct QoSAnnotation {
  private var qos = DDSQoS()
  private var depth: Int32?
  private var history: DDSQoS.History?

  /// What the annotations of an interface say; diagnostics for what is not understood.
  static func read(
    _ annotations: [IDLAnnotation], at location: SourceLocation, _ findings: inout Diagnostics
  ) -> DDSQoS {
    var reading = QoSAnnotation()
    for annotation in annotations where annotation.name == "QoS" || annotation.name == "Qos" {
      for parameter in annotation.parameters where !reading.take(parameter.name, parameter.value) {
        let isKnown = keys.contains(parameter.name)
        findings.error(
          "bad-qos", at: location,
          isKnown
            ? "'\(parameter.value)' is no \(parameter.name)"
            : "'@\(annotation.name)' has no key '\(parameter.name)'; QoS profiles are not supported",
          resolution: isKnown ? nil : "write \(keys.joined(separator: ", "))")
      }
    }
    // A depth alone asks for that many; beside KEEP_ALL it means nothing.
    if let depth = reading.depth, reading.history != .keepAll { reading.qos.history = .keepLast(depth) }
    return reading.qos
  }

  private static let keys = ["reliability", "history", "depth", "durability", "deadline", "lifespan"]

  private mutating func take(_ name: String, _ text: String) -> Bool {
    switch name {
    case "reliability":
      let values: [String: DDSQoS.Reliability] = ["RELIABLE": .reliable, "BEST_EFFORT": .bestEffort]
      return set(\.reliability, values[Self.kind(text, "RELIABILITY")])
    case "history":
      let values: [String: DDSQoS.History] = ["KEEP_ALL": .keepAll, "KEEP_LAST": .keepLast(1)]
      history = values[Self.kind(text, "HISTORY")]
      return set(\.history, history)
    case "durability":
      let values: [String: DDSQoS.Durability] = [
        "VOLATILE": .volatile, "TRANSIENT_LOCAL": .transientLocal, "TRANSIENT": .transient,
        "PERSISTENT": .persistent,
      ]
      return set(\.durability, values[Self.kind(text, "DURABILITY")])
    case "depth":
      guard let number = Int32(text), number > 0 else { return false }
      depth = number
      return true
    case "deadline": return set(\.deadline, Self.duration(text))
    case "lifespan": return set(\.lifespan, Self.duration(text))
    default: return false
    }
  }

  private mutating func set<T>(_ key: WritableKeyPath<DDSQoS, T>, _ value: T?) -> Bool {
    guard let value else { return false }
    qos[keyPath: key] = value
    return true
  }

  private mutating func set(_ key: WritableKeyPath<DDSQoS, Duration?>, _ value: Duration?) -> Bool {
    guard let value else { return false }
    qos[keyPath: key] = value
    return true
  }

  /// `DDS_RELIABLE_RELIABILITY_QOS` and `RELIABLE` are the same.
  private static func kind(_ text: String, _ policy: String) -> String {
    var word = (text.components(of: "::").last ?? text)[...]
    if word.hasPrefix("DDS_") { word = word.dropFirst(4) }
    let ending = "_\(policy)_QOS"
    return String(word.hasSuffix(ending) ? word.dropLast(ending.count) : word)
  }

  /// Seconds, or a number with `ms` or `s`.
  private static func duration(_ text: String) -> Duration? {
    let isMilliseconds = text.hasSuffix("ms")
    let digits = isMilliseconds ? text.dropLast(2) : text.hasSuffix("s") ? text.dropLast() : text[...]
    guard let number = Double(digits), number > 0, number < 1e9 else { return nil }
    return isMilliseconds ? .milliseconds(number) : .seconds(number)
  }
}
