package import RPCCore
package import SchemaModel

/// Stands in for a backend where nothing is called: `drawbridge check`, `drawbridge routes`.
package final class UnconnectedBackend: RPCBackend {
  package init() {}

  package func call(_ call: RPCCall, sink: any ReplySink) async -> RPCStatus {
    .transport(.absent, sent: false, "no backend is connected")
  }

  package func requestPrefix(for method: MethodID, target: RPCTarget) -> [UInt8] { [] }

  package var readiness: Readiness { .down(["no backend is connected"]) }

  package func shutDown() async {}
}
