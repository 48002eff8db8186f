internal import RPCCore
internal import Routing
internal import SchemaModel
internal import Transcoding

/// A call that a route makes before its own, to learn fields of the request: a pool's label becomes its uuid and the
/// ranks of its service. Immutable.
package struct Lookup: Sendable {
  /// A variable of the path, and whether its value must be a UUID or must not.
  struct Condition: Sendable {
    let variable: PathVariable
    let isUUID: Bool
  }

  struct Variable: Sendable {
    let variable: PathVariable
    let field: FieldPath
  }

  /// A field of the reply, and the field of the route's request that it fills.
  struct Taking: Sendable {
    let source: FieldPath
    /// As the configuration writes it.
    let sourceName: String
    let field: FieldPath
  }

  let service: CompiledService
  let method: ServiceMethod
  let conditions: [Condition]
  let constants: ConstantBinder
  let variables: [Variable]
  let takings: [Taking]

  /// Chooses among a route's lookups by the path, binds the request of the chosen one, and makes room for what it will
  /// give. Nil when none fits.
  static func prepare(
    _ lookups: [Lookup], _ target: [UInt8], _ captures: borrowing RouteCaptures,
    for fields: inout BoundFields, scratch: inout BindingScratch
  ) throws(BindingError) -> PendingLookup? {
    for lookup in lookups where try lookup.fits(target, captures, scratch: &scratch) {
      let input = RequestInput()
      lookup.constants.bindFixed(into: &input.bound)
      for variable in lookup.variables {
        let value = try variable.variable.value(target, captures, scratch: &scratch)
        // The compiler has seen to it that nothing else gives the field.
        do throws(BindingCollision) {
          try input.bound.bind(variable.field, to: value, from: .path)
        } catch {
          continue
        }
      }
      for taking in lookup.takings {
        do throws(BindingCollision) {
          try fields.release(taking.field, to: .fixed)
        } catch {
          throw BindingError(collisionOf: error.first, with: error.second, field: taking.field)
        }
      }
      return PendingLookup(lookup, input)
    }
    return nil
  }

  private func fits(
    _ target: [UInt8], _ captures: borrowing RouteCaptures, scratch: inout BindingScratch
  ) throws(BindingError) -> Bool {
    for condition in conditions {
      let value = try condition.variable.value(target, captures, scratch: &scratch)
      if Self.isUUID(value) != condition.isUUID { return false }
    }
    return true
  }

  /// 8-4-4-4-12 hexadecimal digits (RFC 9562 section 4), in any case.
  static func isUUID(_ text: [UInt8]) -> Bool {
    guard text.count == 36 else { return false }
    for (position, byte) in text.enumerated() {
      let isDash = [8, 13, 18, 23].contains(position)
      switch byte {
      case UInt8(ascii: "-"): if !isDash { return false }
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
        UInt8(ascii: "A")...UInt8(ascii: "F"):
        if isDash { return false }
      default: return false
      }
    }
    return true
  }
}

/// The lookup of one request, from admission to the route's own call.
///
/// SAFETY: `@unchecked Sendable` because it belongs to one exchange, and is touched only on that one's loop.
final class PendingLookup: @unchecked Sendable {
  private let lookup: Lookup
  private let input: RequestInput

  init(_ lookup: Lookup, _ input: RequestInput) {
    self.lookup = lookup
    self.input = input
  }

  /// Makes the call and binds what it gives. Nil when the route's own call may follow.
  ///
  /// Whatever goes wrong, the route's own call was not sent.
  func perform(_ exchange: HTTPExchange, _ mapping: StatusMapping) async -> Problem? {
    var fault: Problem?
    let answer = await lookup.service.call(
      lookup.method, deadline: exchange.deadline, target: .any, mapping: mapping,
      scratch: exchange.context.scratch
    ) {
      do throws(TranscodeError) {
        return try encode(exchange.context.scratch)
      } catch {
        fault = unencodable(error, exchange.context.scratch)
        return nil
      }
    }
    guard let answer else { return fault }
    guard let problem = answer.problem else { return take(from: answer.reply, exchange) }
    if answer.status.origin == .backend { return problem }
    return mapping.problem(for: notSent(answer.status), operation: operation)
  }

  /// The lookup's own request.
  func encode(_ scratch: TranscodingScratch) throws(TranscodeError) -> [UInt8] {
    let (service, method) = (lookup.service, lookup.method)
    var body = service.backend.requestPrefix(for: method.id, target: .any)
    if let type = method.request {
      try service.codec.encode(type, from: input, into: &body, scratch: scratch)
    }
    return body
  }

  func unencodable(_ error: TranscodeError, _ scratch: TranscodingScratch) -> Problem {
    var problem = Problem(.invalidField, "\(operation): the request cannot be written")
    if let type = lookup.method.request {
      let explained = lookup.service.codec.explain(error, encoding: type, from: input, scratch: scratch)
      problem.detail = "\(operation): \(explained.reason)"
      problem.errors = [explained]
    }
    return problem
  }

  /// What the reply gives, and where.
  var takings: [Lookup.Taking] { lookup.takings }

  /// For people.
  var operation: String { "\(lookup.service.name).\(lookup.method.name)" }

  private func notSent(_ status: RPCStatus) -> RPCStatus {
    var status = status
    status.sent = false
    status.message = "\(operation), which is called first: \(status.message)"
    return status
  }

  private func take(from reply: ReplyBody, _ exchange: HTTPExchange) -> Problem? {
    guard let type = lookup.method.response else { return nil }
    for taking in lookup.takings {
      var json: [UInt8] = []
      do throws(TranscodeError) {
        try lookup.service.codec.decode(
          type, from: reply.bytes, at: reply.start, selecting: taking.source, into: &json,
          scratch: exchange.context.scratch)
      } catch {
        return lookup.service.unreadable(lookup.method, reply, error)
      }
      guard let values = JSONValues.texts(json), !values.isEmpty, values != [[]] else {
        var problem = Problem(
          .badReply, "\(operation), which is called first, answered without '\(taking.sourceName)'",
          origin: .transport)
        problem.retryable = false
        return problem
      }
      for value in values {
        do throws(BindingCollision) {
          try exchange.input.bound.bind(taking.field, to: value, from: .fixed)
        } catch {
          let clash = BindingError(collisionOf: error.first, with: error.second, field: taking.field)
          return exchange.problem(of: clash)
        }
      }
    }
    return nil
  }
}
