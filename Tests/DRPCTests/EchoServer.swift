@testable import DRPC

/// A server with the methods of the one that the recordings were made with, whose replies to the DAOS methods are
/// taken from the recording.
enum EchoServer {
  static func started(_ path: String, limits: DRPCServer.Limits = .init()) throws -> DRPCServer {
    let server = DRPCServer(path: path, limits: limits)
    try register(on: server)
    try server.start()
    return server
  }

  static func register(on server: DRPCServer) throws {
    let echo: DRPCModule.Handler = { DRPCReply(body: $0.body) }
    let byNumber: DRPCModule.Handler = { request in
      let digits = String(decoding: request.body, as: UTF8.self)
      return DRPCReply(status: DRPCStatus(rawValue: Int32(digits) ?? 2))
    }
    let empty: DRPCModule.Handler = { _ in DRPCReply() }
    try server.register(DRPCModule(id: 0, methods: [1: echo, 2: byNumber, 11: empty]))
    var management = DRPCModule(id: 2, methods: [203: echo, 204: byNumber, 225: empty, 233: empty])
    management.register(method: 223) { request in
      if request.body == [0xff] { throw DRPCStatus.failedUnmarshalPayload }
      return DRPCReply(body: try recordedBody(2, 223, request.body))
    }
    try server.register(management)
    try server.register(
      DRPCModule(id: 3, methods: [310: { DRPCReply(body: try recordedBody(3, 310, $0.body)) }]))
  }

  private static func recordedBody(_ module: Int32, _ method: Int32, _ body: [UInt8]) throws -> [UInt8] {
    for framing in ["raw", "chunked"] {
      for (_, call, reply) in try RecordedPacket.exchanges(framing) {
        let (call, reply) = (message(call, framing: framing), message(reply, framing: framing))
        guard let decoded = decodeCall(call), let response = decodeResponse(reply) else { continue }
        if decoded.module == module, decoded.method == method, Array(call[decoded.body]) == body {
          return Array(reply[response.body])
        }
      }
    }
    throw DRPCStatus.failure
  }
}
