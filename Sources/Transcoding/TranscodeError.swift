package import SchemaModel

/// Why the bytes of one request or reply could not be translated. Small and typed: rendering is for the edge
/// (`BodyCodec.explain`).
package struct TranscodeError: Error, Sendable, Equatable {
  package var reason: Reason
  /// Byte offset in the JSON text or the wire; -1 when the value came from a URL.
  package var offset: Int32
  /// The field concerned, where there is one.
  package var field: FieldID?

  package init(_ reason: Reason, offset: Int, field: FieldID? = nil) {
    self.reason = reason
    self.offset = Int32(clamping: offset)
    self.field = field
  }

  package enum Reason: UInt8, Sendable {
    case unexpectedEnd
  }
}
