import DRPC

/// A server with one module and a client that calls it: `swift run EchoExample /tmp/echo.sock`.
@main struct EchoExample {
  static func main() async throws {
    let path = CommandLine.arguments.dropFirst().first ?? "/tmp/drpc-echo.sock"

    var module = DRPCModule(id: 5)
    module.register(method: 1) { request in
      print("\(request.body.count) bytes from process \(request.caller.processID)")
      return DRPCReply(body: request.body)
    }
    module.register(method: 2) { _ in throw DRPCStatus.failedUnmarshalPayload }

    let server = DRPCServer(path: path, mode: 0o600)
    try server.register(module)
    try server.start()

    let client = try DRPCClient(path: path)
    let echo = try await client.call(module: 5, method: 1, body: Array("hello".utf8), timeout: .seconds(5))
    print(echo.status, String(decoding: echo.body, as: UTF8.self))
    print(try await client.call(module: 5, method: 2).status)
    print(try await client.call(module: 6, method: 1).status)

    await client.close()
    await server.stop()
  }
}
