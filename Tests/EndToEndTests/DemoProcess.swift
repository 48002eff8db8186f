import Foundation
import TestSupport

/// `drawbridge demo` on a free port, and `curl` to talk to it.
final class DemoProcess: Sendable {
  let port: UInt16
  let process: ChildProcess
  /// The process of the services, as the demo printed it.
  let servicesProcessID: Int32
  /// The DDS domain, likewise.
  let domain: String
  let folder: URL

  init(environment: [String: String] = [:]) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "db-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let port = freePort()
    let variables = ["PORT": "\(port)", "XDG_RUNTIME_DIR": folder.path].merging(environment) { $1 }
    let process = try ChildProcess(TestPaths.drawbridge, ["demo"], environment: variables)
    guard let line = process.lines.wait(seconds: 60, where: { $0.contains("services       process") }),
      let id = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Int32($0) })
    else {
      process.stop()
      throw DemoDidNotStart(lines: process.lines.all)
    }
    self.folder = folder
    self.port = port
    self.process = process
    servicesProcessID = id
    domain = line.components(separatedBy: "domain ").last ?? ""
  }

  struct DemoDidNotStart: Error { let lines: [String] }

  /// Starts the services again, as the demo says.
  func startServices() throws -> ChildProcess {
    let services = try ChildProcess(
      TestPaths.drawbridge, ["demo", "--services", "--port", "\(port)"],
      environment: ["XDG_RUNTIME_DIR": folder.path])
    guard services.lines.wait(seconds: 60, where: { $0.contains("services: process") }) != nil else {
      services.stop()
      throw DemoDidNotStart(lines: services.lines.all)
    }
    return services
  }

  /// Starts Tests/Peers/dds_peer.py, which shares no code with the gateway, in the demo's domain.
  func startPeer(_ arguments: String...) throws -> ChildProcess {
    let python = TestPaths.package.appending(path: ".venv/bin/python3").path
    let script = TestPaths.package.appending(path: "Tests/Peers/dds_peer.py").path
    let pipe = folder.appending(path: "\(UUID().uuidString).pipe").path
    // It ends at the end of its input: a pipe that is open at both ends has none.
    let peer = try ChildProcess(
      "/bin/sh",
      ["-c", "mkfifo \(pipe) && exec \"$@\" <> \(pipe)", "sh", python, script] + arguments
        + ["--domain", domain])
    guard peer.lines.wait(seconds: 60, where: { $0 == "ready" }) != nil else {
      peer.stop()
      throw DemoDidNotStart(lines: peer.lines.all)
    }
    return peer
  }

  func stop() {
    process.stop()
    try? FileManager.default.removeItem(at: folder)
  }

  /// Runs `curl -s` with `arguments`, then the URL of `path`.
  func curl(_ path: String, _ arguments: [String] = []) throws -> String {
    let url = "http://127.0.0.1:\(port)\(path)"
    return try Finished.run("/usr/bin/env", ["curl", "-s", "--max-time", "60"] + arguments + [url]).output
  }

  /// The same with `-i`: status, header lines, body.
  func response(_ path: String, _ arguments: [String] = []) throws -> CurlResponse {
    CurlResponse(try curl(path, ["-i"] + arguments))
  }

  /// The first one that fits, or the last of a minute.
  func response(_ path: String, until fits: (CurlResponse) -> Bool) throws -> CurlResponse {
    let end = ContinuousClock.now + .seconds(60)
    while true {
      let response = try response(path)
      if fits(response) || ContinuousClock.now > end { return response }
    }
  }
}

/// What `curl -i` printed.
struct CurlResponse {
  let status: Int
  let headers: [String: String]
  let body: String
  let json: [String: Any]

  init(_ text: String) {
    let parts = text.components(separatedBy: "\r\n\r\n")
    let lines = (parts.first ?? "").components(separatedBy: "\r\n")
    status = Int(lines.first?.split(separator: " ").dropFirst().first ?? "") ?? 0
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(
        in: .whitespaces)
    }
    self.headers = headers
    body = parts.dropFirst().joined(separator: "\r\n\r\n")
    json = (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
  }

  /// The JSON Pointers of a problem's errors.
  var pointers: [String] {
    (json["errors"] as? [[String: Any]] ?? []).compactMap { $0["pointer"] as? String }
  }
}
