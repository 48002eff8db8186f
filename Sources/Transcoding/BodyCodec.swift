package import SchemaModel

/// Translates the bodies of one service between JSON and its wire form, by programs compiled at load.
///
/// Implementations are immutable; what changes during a call stands in the scratch, which belongs to one loop.
package protocol BodyCodec: AnyObject, Sendable {
  /// Appends the wire form of `type` to `output`. CDR aligns to what stands there: an encapsulation header, which
  /// chooses representation and byte order, and whatever its protocol puts before the message.
  ///
  /// - Throws: `TranscodeError`; `output` then holds a part that is to be dropped.
  func encode(
    _ type: TypeID, from input: RequestInput, into output: inout [UInt8],
    scratch: TranscodingScratch
  ) throws(TranscodeError)

  /// Appends the JSON form of the value of `type` that begins at `wire[start]` to `output`; with `selection`, only
  /// that field's value.
  ///
  /// - Throws: `TranscodeError` with the offset in `wire`.
  func decode(
    _ type: TypeID, from wire: [UInt8], at start: Int, selecting selection: FieldPath,
    into output: inout [UInt8],
    scratch: TranscodingScratch
  ) throws(TranscodeError)

  /// The value of a top-level integer field, 0 when the wire lacks it.
  ///
  /// - Throws: `TranscodeError` when the wire is broken before the value; it may be read further.
  func integer(_ field: FieldID, in wire: [UInt8], at start: Int) throws(TranscodeError) -> Int64

  /// `application/x-protobuf` or `application/cdr`.
  var rawForm: RawForm { get }

  /// Why bodies of a type cannot be passed on as they are; nil when they can.
  func refusalOfRaw(_ type: TypeID) -> String?

  /// Appends a body that is in the wire form to what the backend puts before it.
  ///
  /// - Throws: `TranscodeError` when it cannot stand there; what is in it is not looked at.
  func appendRaw(_ body: [UInt8], to output: inout [UInt8]) throws(TranscodeError)

  /// Appends the reply that begins at `wire[start]` as it is.
  func appendRaw(_ wire: [UInt8], at start: Int, to output: inout [UInt8]) throws(TranscodeError)

  /// How the field is called in JSON that is written.
  func writtenName(of field: FieldID) -> String

  /// The first value bound at a node, as `BoundFields.Value.isCompiled` has it: for constants, at load.
  func compile(_ node: Int32, of bound: BoundFields) throws(TranscodeError) -> [UInt8]

  /// Turns an error of `encode` into what a client can act on. Not on the fast path.
  func explain(
    _ error: TranscodeError, encoding type: TypeID, from input: RequestInput,
    scratch: TranscodingScratch
  ) -> FieldProblem

  /// Turns an error of `decode` into the path of the field and a reason, for the log and the problem.
  func explain(
    _ error: TranscodeError, decoding type: TypeID, from wire: [UInt8], at start: Int
  ) -> FieldProblem
}

/// A wire form as a media type.
package enum RawForm: String, Sendable {
  case protobuf = "application/x-protobuf"
  case cdr = "application/cdr"
}

/// Fields from the outermost record inwards; empty means the record itself.
package typealias FieldPath = [FieldID]

/// Everything that one request message is made of. A class, because each copy of the value would count five references.
package final class RequestInput {
  /// The JSON text; empty when the request has no body.
  package var body: [UInt8]
  /// Where the body's value goes: empty for `body: "*"`.
  package var bodyPath: FieldPath
  /// What path, query and configuration bind.
  package var bound: BoundFields
  /// A top-level field mask that is made from the body when the request gives none: PATCH with protobuf.
  package var maskField: FieldID?

  package init(body: [UInt8] = [], bodyPath: FieldPath = [], bound: BoundFields = BoundFields()) {
    self.body = body
    self.bodyPath = bodyPath
    self.bound = bound
  }

  /// Empties it for the next request; a body buffer larger than `capacity` is given back.
  package func removeAll(keeping capacity: Int) {
    if !body.isEmpty { body.removeAll(keepingCapacity: body.capacity <= capacity) }
    if !bodyPath.isEmpty { bodyPath = [] }
    if !bound.isEmpty { bound.removeAll() }
    maskField = nil
  }
}

/// One thing wrong with a request or a reply, for people and programs.
package struct FieldProblem: Sendable, Equatable {
  /// Where the value came from: `body`, `path`, `query`, `configuration`, `reply`.
  package var source: String
  /// RFC 6901 pointer; empty for the whole. Into the body as it was sent, for other sources into the message.
  package var pointer: String
  /// One sentence without a full stop: `expected an integer from -2147483648 to 2147483647`.
  package var reason: String
  /// Byte offset in the body or reply; nil when the value stands in the URL.
  package var offset: Int?

  package init(source: String, pointer: String, reason: String, offset: Int? = nil) {
    self.source = source
    self.pointer = pointer
    self.reason = reason
    self.offset = offset
  }
}
