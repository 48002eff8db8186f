internal import RPCCore
internal import SchemaModel

/// What a reply means.
struct ReplyReading {
  private let shape: EnvelopeShape
  private let operation: DDSOperationWire

  init(_ shape: EnvelopeShape, _ operation: DDSOperationWire) {
    self.shape = shape
    self.operation = operation
  }

  /// The status, and the body when the operation gave a result.
  func read(_ sample: [UInt8], remoteException: Int32) -> (RPCStatus, ReplyBody?) {
    guard remoteException == 0 else {
      return (Self.status(DDSRemoteException(rawValue: remoteException)), nil)
    }
    let result: ReplyEnvelope.Result
    do throws(CDRError) {
      result = try ReplyEnvelope.result(sample.span, shape, operation: operation.label)
    } catch {
      return (Self.violation("the reply cannot be read: \(error)"), nil)
    }
    switch result {
    case .message(let start), .member(label: 0, let start):
      return (.ok, ReplyBody(sample, start: start))
    case .member(let label, let start):
      return (exception(label, ReplyBody(sample, start: start)), nil)
    case .otherOperation(let label):
      return (Self.violation("the reply is one of another operation, with the label \(label)"), nil)
    }
  }

  private func exception(_ label: Int32, _ body: ReplyBody) -> RPCStatus {
    guard let raised = operation.exceptions.first(where: { $0.labels.contains(label) }) else {
      // `default` of a server's union, or an exception that our IDL does not have.
      var status = Self.status(.unknownException)
      status.message = "the operation raised an exception that its IDL does not declare (label \(label))"
      return status
    }
    return RPCStatus(
      code: .failedPrecondition, origin: .backend, sent: true, message: "\(raised.name) raised",
      detail: .userException(name: raised.name, body: body))
  }

  private static func status(_ exception: DDSRemoteException) -> RPCStatus {
    RPCStatus(
      code: exception.code, origin: .backend, sent: true, message: "\(exception)",
      detail: .remoteException(exception.rawValue))
  }

  private static func violation(_ message: String) -> RPCStatus {
    .transport(.protocolViolation, sent: true, message)
  }
}
