import DDSRPC
import Foundation
import TestSupport
import Testing

/// Tests/Sentences on a live server: `drawbridge serve` before services that give back what they get, over real sockets
/// and real DDS.
@Suite(.serialized) struct SentenceServerTests {
  @Test func everySentenceHolds() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "st-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let services = try EchoServices(folder)
    defer { services.process.stop() }
    let robot = DDSService(interface: "t::Robot", network: .loopback(domain: services.domain))
    for operation in ["echo", "draw", "mark", "level"] {
      try robot.register(operation) { request, reply in
        reply.write(bytes: Array(request.sample.dropFirst(request.start)))
      }
    }
    try robot.start()
    for name in try SentenceTable.names() {
      let table = try SentenceTable(name)
      let path = folder.appending(path: "\(name).yaml").path
      try table.configuration.write(toFile: path, atomically: true, encoding: .utf8)
      let gateway = try ChildProcess(
        TestPaths.drawbridge, ["serve", "-c", path, "--loops", "1"],
        environment: ["SOCKET": services.socket, "DOMAIN": "\(services.domain)"])
      defer { gateway.stop() }
      let line = gateway.lines.wait(seconds: 60) { $0.contains(#""event":"serving""#) }
      let port = try #require(
        line?.components(separatedBy: "127.0.0.1:").last.flatMap { UInt16($0.prefix(while: \.isNumber)) },
        "\(gateway.lines.all)")
      for row in table.rows {
        let faults = try Self.answer(row, port: port).faults(row)
        #expect(faults.isEmpty, "\(name): \(faults)")
      }
    }
    await robot.stop()
  }

  private static func answer(_ row: SentenceTable.Row, port: UInt16) throws -> SentenceAnswer {
    let client = try RawClient(port: port)
    var head = "\(row.method) \(row.target) HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n"
    for header in row.headers { head += "\(header.name):\(header.value)\r\n" }
    if !row.body.isEmpty { head += "Content-Length: \(row.body.count)\r\n" }
    client.send(Array((head + "\r\n").utf8) + row.body)
    var bytes: [UInt8] = []
    while true {
      let part = client.receive()
      if part.isEmpty { break }
      bytes += part
    }
    let separator = Array("\r\n\r\n".utf8)
    let end = bytes.indices.first { bytes[$0...].starts(with: separator) } ?? bytes.count
    let lines = String(decoding: bytes[..<end], as: UTF8.self).components(separatedBy: "\r\n")
    let headers = lines.dropFirst().compactMap { line in
      line.firstIndex(of: ":").map {
        (
          name: String(line[..<$0]),
          value: line[line.index(after: $0)...].trimmingCharacters(in: .whitespaces)
        )
      }
    }
    return SentenceAnswer(
      status: Int(lines[0].split(separator: " ").dropFirst().first ?? "") ?? 0, headers: headers,
      body: Array(bytes.dropFirst(end + 4)))
  }
}

/// The demo's services, and the schemas of Tests/Sentences beside the configurations.
private struct EchoServices {
  let process: ChildProcess
  let socket: String
  let domain: UInt32

  init(_ folder: URL) throws {
    let run = try Finished.run(
      "/usr/bin/env",
      [
        "protoc", "--proto_path=\(SentenceTable.folder.path)", "--include_imports",
        "--descriptor_set_out=\(folder.appending(path: "sentences.binpb").path)", "sentences.proto",
      ])
    try #require(run.status == 0, "\(run.errors)")
    try FileManager.default.copyItem(
      at: SentenceTable.folder.appending(path: "sentences.idl"), to: folder.appending(path: "sentences.idl"))
    let port = freePort()
    process = try ChildProcess(
      TestPaths.drawbridge, ["demo", "--services", "--port", "\(port)"],
      environment: ["XDG_RUNTIME_DIR": folder.path])
    let demo = folder.appending(path: "drawbridge-demo-\(getuid())-\(port)")
    socket = demo.appending(path: "pool.sock").path
    guard process.lines.wait(seconds: 60, where: { $0.contains("services: process") }) != nil else {
      process.stop()
      throw RealGateway.DidNotStart(lines: process.lines.all)
    }
    let text = try String(contentsOf: demo.appending(path: "domain"), encoding: .utf8)
    domain = try #require(UInt32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
  }
}
