internal import RPCCore
internal import Transcoding

/// `errors: google`: a failure as the JSON of `google.rpc.Status`, for clients that know it from gRPC gateways.
///
/// `details` are messages of google/rpc/error_details.proto.
extension Problem {
  /// Appends the `application/json` body.
  package func writeGoogle(to output: inout [UInt8], requestID: String) {
    var json = JSONObjectWriter(output: output)
    json.number("code", Int(code.rawValue))
    json.string("message", detail)
    let details = [errorInfo, badRequest, retryInfo, requestInfo(requestID)].compactMap { $0 }
    json.array("details", of: details) { detail, inner in
      inner.string("@type", "type.googleapis.com/google.rpc.\(detail.type)")
      detail.members(&inner)
    }
    output = json.finish()
  }

  private struct Detail {
    let type: String
    let members: (inout JSONObjectWriter) -> Void
  }

  private var errorInfo: Detail {
    Detail(type: "ErrorInfo") { json in
      json.string("reason", type.rawValue.uppercased().replacing("-", with: "_"))
      json.string("domain", "drawbridge")
      json.object("metadata") { metadata in
        metadata.string("origin", origin.rawValue)
        if let drpc {
          metadata.string("drpc_module", "\(drpc.module)")
          metadata.string("drpc_method", "\(drpc.method)")
          metadata.string("drpc_status", drpc.status)
        }
        if let daos {
          metadata.string("daos_status", "\(daos.number)")
          metadata.string("daos_name", daos.name)
        }
        if let remoteException { metadata.string("remote_exception", remoteException) }
        if let exception {
          metadata.string("exception", exception.name)
          metadata.string("exception_value", String(decoding: exception.value, as: UTF8.self))
        }
      }
    }
  }

  private var badRequest: Detail? {
    if errors.isEmpty { return nil }
    return Detail(type: "BadRequest") { json in
      json.array("fieldViolations", of: errors) { error, violation in
        violation.string("field", error.pointer)
        violation.string("description", "\(error.source): \(error.reason)")
      }
    }
  }

  private var retryInfo: Detail? {
    guard let retryAfter else { return nil }
    return Detail(type: "RetryInfo") { $0.string("retryDelay", "\(retryAfter)s") }
  }

  private func requestInfo(_ requestID: String) -> Detail {
    Detail(type: "RequestInfo") { $0.string("requestId", requestID) }
  }
}
