/// Bounds on what one translation may cost. Input sizes are bounded before, by the HTTP face and the backends.
package struct TranscodingLimits: Sendable, Equatable {
  /// Messages inside messages, both ways (protobuf's own parsers stop at 100 too).
  package var depth: Int = 100
  /// Values and keys of one JSON text.
  package var tokens: Int = 4_000_000
  /// Fields of a reply that are noted at one time: those of a message and of the messages around it.
  package var fields: Int = 4_000_000
  /// Elements of one list in a reply that take no bytes there: records without members, whose number costs nothing.
  package var emptyElements: Int = 65_536
  /// Bytes that one translation may write.
  package var outputBytes: Int = 256 << 20

  package init() {}

  /// JSON containers inside containers: a message may stand in a list or map, which adds a level to each.
  var containers: Int { depth &* 2 &+ 2 }
}
