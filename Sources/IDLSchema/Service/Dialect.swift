package import SchemaModel

/// What implementations of DDS-RPC differ in; one row each.
package struct Dialect: Sendable {
  /// Which bytes of a name's MD5 select an operation or exception.
  enum Hash: Sendable {
    /// The first four, little-endian (DDS-RPC 1.0, 7.5.1.1.2).
    case firstFourLittleEndian
    /// The last four, big-endian.
    case lastFourBigEndian

    func callAsFunction(_ name: String) -> Int32 {
      let digest = MD5.digest(name.utf8)
      let bytes = self == .firstFourLittleEndian ? digest.prefix(4).reversed() : Array(digest.suffix(4))
      return Int32(bitPattern: bytes.reduce(0) { $0 << 8 | UInt32($1) })
    }
  }

  package let name: String
  /// Why it cannot be used; nil when it can.
  package let refusal: String?
  let hash: Hash
  /// The unqualified name of an exception is read as well.
  let readsUnqualifiedExceptions: Bool
  /// An empty exception is one octet instead of nothing.
  let writesExceptionPlaceholder: Bool
  /// Inherited operations go through the topics of the interface itself.
  let flattensInheritance: Bool
  let hasAttributes: Bool
  /// Between the modules and the interface in the name of a topic.
  let topicSeparator: String

  private init(
    _ name: String, refusal: String? = nil, hash: Hash = .firstFourLittleEndian,
    readsUnqualifiedExceptions: Bool = true, writesExceptionPlaceholder: Bool = true,
    flattensInheritance: Bool = false, hasAttributes: Bool = true, topicSeparator: String = "_"
  ) {
    self.name = name
    self.refusal = refusal
    self.hash = hash
    self.readsUnqualifiedExceptions = readsUnqualifiedExceptions
    self.writesExceptionPlaceholder = writesExceptionPlaceholder
    self.flattensInheritance = flattensInheritance
    self.hasAttributes = hasAttributes
    self.topicSeparator = topicSeparator
  }

  /// The letter of OMG DDS-RPC 1.0.
  package static let omgBasic = Dialect("omg-basic")

  package static let all: [Dialect] = [
    omgBasic,
    Dialect(
      "eprosima-rpc", hash: .lastFourBigEndian, readsUnqualifiedExceptions: false,
      writesExceptionPlaceholder: false, flattensInheritance: true, hasAttributes: false, topicSeparator: "::"
    ),
    Dialect(
      "rti-connext",
      refusal: "its messages have no header and its unions other cases, which are not built yet"),
    Dialect("ros2-cyclone", refusal: "ROS 2 services need their own envelope, which is not built yet"),
    Dialect("ros2-fastdds", refusal: "ROS 2 services need their own envelope, which is not built yet"),
    Dialect(
      "fastdds-3",
      refusal: "its requests carry their identity inline, which Cyclone DDS 0.10 can read but not write"),
  ]

  /// The row of a name; a diagnostic when there is none or when it cannot be used.
  package static func named(
    _ name: String, at location: SourceLocation?, diagnostics: inout Diagnostics
  ) -> Dialect? {
    guard let dialect = all.first(where: { $0.name == name }) else {
      let near = EditDistance.nearest(to: name, among: all.map(\.name))
      diagnostics.error(
        "unknown-dialect", at: location, "unknown dialect '\(name)'",
        resolution: near.map { "did you mean '\($0)'?" }
          ?? "it is one of \(all.filter { $0.refusal == nil }.map(\.name).joined(separator: ", "))")
      return nil
    }
    if let refusal = dialect.refusal {
      diagnostics.error(
        "unsupported-dialect", at: location, "dialect '\(name)' is not supported: \(refusal)")
      return nil
    }
    return dialect
  }
}
