import Foundation
import TestSupport

/// `drawbridge serve` on a configuration that a test writes, in a folder of its own.
final class ServingGateway: Sendable {
  let folder: TestFolder
  let process: ChildProcess
  let port: UInt16

  /// `services` is what stands below `services:`, indented by two; `user` is a number, for tests that run as root;
  /// `descriptors` is the most that the gateway may open.
  init(
    _ folder: TestFolder, services: String, loops: Int = 1, user: UInt32? = nil, descriptors: Int? = nil,
    environment: [String: String] = [:]
  ) throws {
    let text = "listen: [127.0.0.1:0]\nlog: { access: false }\nservices:\n\(services)\n"
    let configuration = try folder.write("drawbridge.yaml", text)
    let serve = [TestPaths.drawbridge, "serve", "-c", configuration, "--loops", "\(loops)"]
    let asUser = user.map { ["setpriv", "--reuid=\($0)", "--regid=\($0)", "--clear-groups", "--"] } ?? []
    let limit = descriptors.map { "ulimit -n \($0); " } ?? ""
    let process = try ChildProcess(
      "/bin/sh",
      ["-c", limit + "exec \"$@\"", "sh"] + asUser + ["env"]
        + environment.map { "\($0.key)=\($0.value)" } + serve)
    guard let line = process.lines.wait(seconds: 60, where: { $0.contains(#""event":"serving""#) }),
      let port = line.components(separatedBy: "127.0.0.1:").last.flatMap({ UInt16($0.prefix { $0.isNumber }) }
      )
    else {
      process.stop()
      throw DidNotStart(lines: process.lines.all)
    }
    (self.folder, self.process, self.port) = (folder, process, port)
  }

  struct DidNotStart: Error { let lines: [String] }

  func stop() { process.stop() }

  /// One request over a connection of its own.
  func send(
    _ method: String, _ path: String, _ headers: [String] = [], json: String? = nil
  ) throws -> RawResponse {
    let client = try RawClient(port: port)
    client.send(Self.request(method, path, headers + ["Connection: close"], json: json))
    guard let response = client.receiveResponse() else { throw NoAnswer(path: path) }
    return response
  }

  struct NoAnswer: Error { let path: String }

  static func request(_ method: String, _ path: String, _ headers: [String], json: String?) -> String {
    var lines = ["\(method) \(path) HTTP/1.1", "Host: a"] + headers
    if let json { lines += ["Content-Type: application/json", "Content-Length: \(json.utf8.count)"] }
    return lines.joined(separator: "\r\n") + "\r\n\r\n" + (json ?? "")
  }

  /// Descriptors of the gateway.
  var openDescriptors: Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processID)/fd").count) ?? -1
  }
}

/// A folder that goes with the last who holds it.
final class TestFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "db-\(UUID().uuidString.prefix(8))").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  @discardableResult func write(_ name: String, _ text: String) throws -> String {
    try text.write(toFile: file(name), atomically: true, encoding: .utf8)
    return file(name)
  }
}

extension RawResponse {
  /// The body as an object; empty when it is none.
  var json: [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
  }

  var detail: String { json["detail"] as? String ?? "" }
  /// The problem type's name.
  var problem: String { (json["type"] as? String ?? "").components(separatedBy: ":").last ?? "" }
}

/// Peers in Tests/Peers.
enum Peers {
  static let python = TestPaths.package.appending(path: ".venv/bin/python3").path

  static func script(_ name: String) -> String {
    TestPaths.package.appending(path: "Tests/Peers/\(name)").path
  }

  /// Starts a peer that says "ready" and ends at SIGTERM.
  static func start(_ name: String, _ arguments: String...) throws -> ChildProcess {
    let peer = try ChildProcess(python, [script(name)] + arguments)
    guard peer.lines.wait(seconds: 60, where: { $0 == "ready" }) != nil else {
      peer.stop()
      throw ServingGateway.DidNotStart(lines: peer.lines.all)
    }
    return peer
  }
}
