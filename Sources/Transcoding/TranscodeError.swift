package import SchemaModel

/// Why the bytes of one request or reply could not be translated. Small and typed: rendering is for the edge
/// (`BodyCodec.explain`).
package struct TranscodeError: Error, Sendable, Equatable {
  package var reason: Reason
  /// Byte offset in the JSON text or the wire; -1 when the value came from a URL.
  package var offset: Int32
  /// The field concerned, where there is one.
  package var field: FieldID?
  /// The type that the value should have, where it is not that of the field: inside lists, maps and unions.
  package var type: TypeID?
  /// Index into `BoundFields.nodes` of the bound value concerned; -1 when there is none.
  package var boundNode: Int32 = -1

  package init(_ reason: Reason, offset: Int, field: FieldID? = nil, boundNode: Int32 = -1) {
    self.reason = reason
    self.offset = Int32(clamping: offset)
    self.field = field
    self.boundNode = boundNode
  }

  /// The same error, told of the field that it happened in; the innermost one counts.
  func inside(_ field: FieldID) -> TranscodeError {
    if self.field != nil { return self }
    var copy = self
    copy.field = field
    return copy
  }

  /// The same error, told of the type that was expected.
  func expecting(_ type: Int32) -> TranscodeError {
    var copy = self
    copy.type = TypeID(rawValue: type)
    return copy
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
    /// A string, list or map is larger than its bound.
    case overBound
    /// An array has not exactly as many elements as its type.
    case wrongCount
    /// An entry of a map has not exactly `key` and `value`.
    case malformedPair
    /// A number is beyond the limits that the schema states for its field.
    case outOfRange
    /// A string holds U+0000, which ends strings of CDR.
    case nulCharacter
    /// A union has several members, or another one than its discriminator says.
    case unionConflict
    /// A value that the wire form cannot carry, or JSON cannot write (`nonFinite: error`).
    case notRepresentable
    /// The field, or another of its oneof, stands in the body and is bound as well.
    case boundTwice
    /// A text was bound to a list of messages, a map or another field that takes none.
    case notBindable
    /// The numbers of a list's elements are not those from 0 on.
    case elementGap

    // The wire is broken.
    case truncated, malformedTag, malformedVarint, wrongWireType, malformedGroup
    /// The encapsulation header is of no representation that is known here, or cannot be written.
    case unsupportedRepresentation
    /// A size does not fit what stands around it.
    case malformedLength
    /// The bytes of a value are none of its type.
    case malformedValue
    /// A member that is not known here, and may not be ignored.
    case mustUnderstand
    /// More follows the message than padding.
    case trailingWire

    // Limits.
    case tooDeep, tooManyTokens, tooLarge
    /// A type that is no message of the schema.
    case unsupportedType

    // `google.protobuf.Any`.
    case missingTypeURL, unknownMessageType
    /// The message has a JSON form of its own, which should stand in `value`.
    case missingAnyValue
  }
}
