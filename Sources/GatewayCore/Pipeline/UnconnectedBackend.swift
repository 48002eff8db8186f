package import RPCCore
package import SchemaModel

/// Stands in for a backend where nothing is called: `drawbridge check`, `drawbridge routes`.
package final class UnconnectedBackend: RPCBackend {
  private let prefix: [UInt8]

  /// - Parameter plan: of the backend that is missing; CDR cannot be written without a header.
  package init(_ plan: SnapshotBuilder.BackendPlan? = nil) {
    guard case .dds(let dds)? = plan?.service.backend else {
      prefix = []
      return
    }
    prefix = [0, dds.representation == .xcdr1 ? 1 : 7, 0, 0]
  }

  package func call(_ call: RPCCall, sink: any ReplySink) async -> RPCStatus {
    .transport(.absent, sent: false, "no backend is connected")
  }

  package func requestPrefix(for method: MethodID, target: RPCTarget) -> [UInt8] { prefix }

  package var readiness: Readiness { .down(["no backend is connected"]) }

  package func shutDown(by deadline: Deadline) async {}
}
