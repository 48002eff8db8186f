package import RPCCore
package import Transcoding

/// One failure as a client sees it: an RFC 9457 body and its HTTP status.
package struct Problem: Sendable, Equatable {
  package var type: ProblemType
  package var status: Int
  package var code: RPCCode
  package var title: String
  package var detail: String
  package var origin: RPCStatus.Origin
  /// Nil when the question makes no sense, as for a malformed request.
  package var retryable: Bool?
  package var errors: [FieldProblem] = []
  package var drpc: DRPCDetail?
  package var daos: DAOSCode?
  package var remoteException: String?
  package var exception: ExceptionDetail?
  /// Sent as `Retry-After`, in seconds.
  package var retryAfter: Int?
  /// Sent as `Allow`.
  package var allow: String?

  package struct DRPCDetail: Sendable, Equatable {
    package var module: Int32
    package var method: Int32
    package var status: String
  }

  /// An exception that an interface declares.
  package struct ExceptionDetail: Sendable, Equatable {
    /// Qualified: `robot::TooFast`.
    package var name: String
    /// Its members, as JSON text.
    package var value: [UInt8]
  }

  /// A problem with the status, code and title of its type's row.
  package init(_ type: ProblemType, _ detail: String, origin: RPCStatus.Origin = .gateway) {
    let row = type.row
    self.type = type
    status = row.status
    code = row.code
    title = row.title
    self.detail = detail
    self.origin = origin
  }
}

extension Problem {
  /// Turns it into a problem of another type, keeping what was said.
  mutating func apply(_ type: ProblemType) {
    let row = type.row
    self.type = type
    (status, code, title) = (row.status, row.code, row.title)
  }

  /// Appends the `application/problem+json` body (RFC 9457), members in a fixed order.
  package func write(to output: inout [UInt8], instance: some Sequence<UInt8>, requestID: String) {
    var json = JSONObjectWriter(output: output)
    json.string("type", ProblemType.urnPrefix + type.rawValue)
    json.string("title", title)
    json.number("status", status)
    json.string("detail", detail)
    json.string("instance", String(decoding: Array(instance), as: UTF8.self))
    json.string("code", code.name)
    json.string("origin", origin.rawValue)
    if let retryable { json.boolean("retryable", retryable) }
    if !requestID.isEmpty { json.string("request_id", requestID) }
    if let drpc {
      json.object("drpc") { inner in
        inner.number("module", Int(drpc.module))
        inner.number("method", Int(drpc.method))
        inner.string("status", drpc.status)
      }
    }
    if let daos {
      json.object("daos") { inner in
        inner.number("status", Int(daos.number))
        inner.string("name", daos.name)
      }
    }
    if let remoteException { json.string("remote_exception", remoteException) }
    if let exception {
      json.object("exception") { inner in
        inner.string("name", exception.name)
        inner.json("value", exception.value)
      }
    }
    if !errors.isEmpty {
      json.array("errors", of: errors) { error, inner in
        inner.string("pointer", error.pointer)
        inner.string("source", error.source)
        inner.string("reason", error.reason)
        if let offset = error.offset { inner.number("offset", offset) }
      }
    }
    output = json.finish()
  }
}
