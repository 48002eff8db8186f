package import SchemaModel

/// Why the bytes of one request or reply could not be translated. Small and typed: rendering is for the edge
/// (`BodyCodec.explain`).
package struct TranscodeError: Error, Sendable, Equatable {
  package var reason: Reason
  /// Byte offset in the JSON text or the wire; -1 when the value came from a URL.
  package var offset: Int32
  /// The field concerned, where there is one.
  package var field: FieldID?
  /// Index into `BoundFields.nodes` of the bound value concerned; -1 when there is none.
  package var boundNode: Int32 = -1

  package init(_ reason: Reason, offset: Int, field: FieldID? = nil, boundNode: Int32 = -1) {
    self.reason = reason
    self.offset = Int32(clamping: offset)
    self.field = field
    self.boundNode = boundNode
  }

  package enum Reason: UInt8, Sendable {
    // The text is not JSON (RFC 8259).
    case unexpectedEnd, unexpectedByte, byteOrderMark, trailingBytes, malformedNumber, malformedEscape
    case loneSurrogate, invalidUTF8, controlCharacter

    // The JSON value does not fit the schema.
    case duplicateKey, unknownField, oneofConflict, nullNotAllowed, missingRequired
    case expectedObject, expectedArray
    /// Kind, range or form of a value is not what the field's type says.
    case mismatch
    /// As `mismatch`, for the key of a map.
    case keyMismatch
    case unknownEnumerator
    /// A value that the wire form cannot carry, or JSON cannot write (`nonFinite: error`).
    case notRepresentable
    /// The field, or another of its oneof, stands in the body and is bound as well.
    case boundTwice
    /// A text was bound to a list of messages, a map or another field that takes none.
    case notBindable

    // The wire is broken.
    case truncated, malformedTag, malformedVarint, wrongWireType, malformedGroup

    // Limits.
    case tooDeep, tooManyTokens, tooLarge
    /// A type whose JSON form is not implemented (`google.protobuf.Any`).
    case unsupportedType
  }
}
