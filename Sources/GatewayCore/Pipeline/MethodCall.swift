package import RPCCore
package import SchemaModel
package import Transcoding

/// A method of a service, as those see it who call it outside of any route: a lookup, or `drawbridge call`.
package struct ServiceMethod: Sendable {
  package let name: String
  package let id: MethodID
  package let request: TypeID?
  package let response: TypeID?
  let bodyStatus: CompiledRoute.BodyStatus?
  /// Why it may not be called; nil when it may.
  package let obstacle: String?
}

/// How a call outside of any route ended.
package struct MethodAnswer: Sendable {
  /// The last reply; also one that says failure itself.
  package let reply: ReplyBody
  package let status: RPCStatus
  /// Nil when all went well.
  package let problem: Problem?
}

extension CompiledService {
  package func method(named name: String) -> ServiceMethod? { methods.first { $0.name == name } }

  /// Calls a method with the request that `write` gives and judges the answer; nil when it gives none.
  ///
  /// - Parameter write: gives the request in the backend's wire form, `requestPrefix` included; asked once more when the
  ///   server turns out to want another one.
  package func call(
    _ method: ServiceMethod, deadline: Deadline, target: RPCTarget, mapping: StatusMapping,
    scratch: TranscodingScratch, write: () -> [UInt8]?
  ) async -> MethodAnswer? {
    let sink = UnaryReply()
    let outcome = await backend.call(sink: sink) {
      write().map {
        RPCCall(method: method.id, body: $0, deadline: deadline, target: target, abandonable: true)
      }
    }
    guard let status = outcome else { return nil }
    let reply = sink.body ?? ReplyBody([])
    let operation = "\(name).\(method.name)"
    guard status.code == .ok else {
      var problem = mapping.problem(for: status, operation: operation)
      if case .userException(let name, let body) = status.detail {
        problem.exception = exception(name, body, codec: codec, scratch: scratch)
      }
      return MethodAnswer(reply: reply, status: status, problem: problem)
    }
    return MethodAnswer(
      reply: reply, status: status, problem: failure(in: reply, of: method, status, mapping, operation))
  }

  /// What the reply's own status says.
  private func failure(
    in reply: ReplyBody, of method: ServiceMethod, _ status: RPCStatus, _ mapping: StatusMapping,
    _ operation: String
  ) -> Problem? {
    guard let bodyStatus = method.bodyStatus else { return nil }
    do throws(TranscodeError) {
      let number = try codec.integer(bodyStatus.field, in: reply.bytes, at: reply.start)
      guard bodyStatus.isFailure(number) else { return nil }
      var problem = mapping.problem(
        bodyStatus: Int32(clamping: number), isDAOS: bodyStatus.isDAOS, operation: operation)
      problem.drpc = status.detail.flatMap(StatusMapping.drpcDetail)
      return problem
    } catch {
      return unreadable(method, reply, error)
    }
  }

  /// A reply that its own schema does not explain.
  package func unreadable(_ method: ServiceMethod, _ reply: ReplyBody, _ error: TranscodeError) -> Problem {
    var problem = Problem(
      .badReply, "\(name).\(method.name) answered with a message that cannot be read", origin: .transport)
    problem.retryable = false
    if let type = method.response {
      let explained = codec.explain(error, decoding: type, from: reply.bytes, at: reply.start)
      problem.detail += ": \(explained.reason)"
      problem.errors = [explained]
    }
    return problem
  }

  /// An exception with its members as JSON; when they cannot be read, the bytes as they came, in base64.
  func exception(
    _ name: String, _ body: ReplyBody, codec: any BodyCodec, scratch: TranscodingScratch
  ) -> Problem.ExceptionDetail {
    var json: [UInt8] = []
    if let type = model.typesByName[name] {
      do throws(TranscodeError) {
        try codec.decode(
          type, from: body.bytes, at: body.start, selecting: [], into: &json, scratch: scratch)
        return .init(name: name, value: json)
      } catch {
        json.removeAll()
      }
    }
    JSONText.appendBase64(Array(body.bytes.dropFirst(body.start)), to: &json)
    return .init(name: name, value: json)
  }
}
