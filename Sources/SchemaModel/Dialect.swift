/// What implementations of DDS-RPC differ in; one row each.
package struct Dialect: Sendable {
  /// Which bytes of a name's MD5 select an operation or exception.
  package enum Hash: Sendable {
    /// The first four, little-endian (DDS-RPC 1.0, 7.5.1.1.2).
    case firstFourLittleEndian
    /// The last four, big-endian.
    case lastFourBigEndian

    package func callAsFunction(_ name: String) -> Int32 {
      let digest = MD5.digest(name.utf8)
      let bytes = self == .firstFourLittleEndian ? digest.prefix(4).reversed() : Array(digest.suffix(4))
      return Int32(bitPattern: bytes.reduce(0) { $0 << 8 | UInt32($1) })
    }
  }

  package let name: String
  /// Why it cannot be used; nil when it can.
  package let refusal: String?
  /// Why services cannot be written in it; nil when they can.
  package private(set) var replierRefusal: String?
  package private(set) var hash = Hash.firstFourLittleEndian
  package private(set) var envelope = DDSEnvelope.headed
  /// The unqualified name of an exception is read as well.
  package private(set) var readsUnqualifiedExceptions = true
  /// The unqualified name is the one to expect, and to write.
  package private(set) var prefersUnqualifiedExceptions = false
  /// A structure without members is one octet instead of nothing: that of an operation, that of an exception.
  package private(set) var writesPlaceholder = true
  package private(set) var writesExceptionPlaceholder = true
  /// Inherited operations go through the topics of the interface itself.
  package private(set) var flattensInheritance = false
  package private(set) var hasAttributes = true
  /// Between the modules and the interface in the name of a topic; nil: topics are named after the service alone.
  package private(set) var topicSeparator: String? = "_"
  /// Between the service and what the topic is for.
  package private(set) var topicEnding = "_"

  private init(_ name: String, refusal: String? = nil, _ differences: (inout Dialect) -> Void = { _ in }) {
    self.name = name
    self.refusal = refusal
    differences(&self)
  }

  /// The letter of OMG DDS-RPC 1.0.
  package static let omgBasic = Dialect("omg-basic")

  /// eProsima RPC over DDS.
  package static let eprosimaRPC = Dialect("eprosima-rpc") {
    $0.hash = .lastFourBigEndian
    $0.readsUnqualifiedExceptions = false
    $0.writesExceptionPlaceholder = false
    $0.flattensInheritance = true
    $0.hasAttributes = false
    $0.topicSeparator = "::"
  }

  /// RTI Connext DDS, its RPC and its request/reply. One pair of topics for a service, so that all operations share it.
  package static let rtiConnext = Dialect("rti-connext") {
    $0.replierRefusal =
      "its replies carry the identity of their request inline, which Cyclone DDS 0.10 can read but not write"
    $0.envelope = .bare
    $0.prefersUnqualifiedExceptions = true
    $0.writesPlaceholder = false
    $0.writesExceptionPlaceholder = false
    $0.flattensInheritance = true
    $0.topicSeparator = nil
    $0.topicEnding = ""
  }

  package static let all: [Dialect] = [
    omgBasic, eprosimaRPC, rtiConnext,
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
