internal import SchemaModel

/// How implementations of DDS-RPC map an interface to topics and bytes.
public struct DDSDialect: Sendable, Hashable {
  let row: Dialect

  /// The letter of OMG DDS-RPC 1.0.
  public static let omgBasic = DDSDialect(row: .omgBasic)
  /// eProsima RPC over DDS. An interface in a module needs topics of its own names in a `DDSContract`: Cyclone DDS 0.10 has
  /// no `::` in them.
  public static let eprosimaRPC = DDSDialect(row: .eprosimaRPC)
  /// RTI Connext DDS; clients only, of final types.
  public static let rtiConnext = DDSDialect(row: .rtiConnext)

  /// By name.
  public static func == (left: DDSDialect, right: DDSDialect) -> Bool { left.row.name == right.row.name }

  /// By name.
  public func hash(into hasher: inout Hasher) { hasher.combine(row.name) }
}
