import Foundation
import TestSupport

/// `drawbridge serve` before the demo's services, each in a process of its own, and what the system knows of them.
final class RealGateway: Sendable {
  let services: ChildProcess
  let gateway: ChildProcess
  let port: UInt16
  private let folder: URL
  private let servicesPort: UInt16
  /// What the gateway serves, and with which environment.
  private let configuration: String
  private let environment: [String: String]

  /// `settings` are lines of the configuration; `descriptors` is the most that the gateway may open.
  init(loops: Int = 2, settings: [String] = [], descriptors: Int? = nil) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "gw-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let servicesPort = freePort()
    let services = try Self.startServices(folder, servicesPort)
    let demo = folder.appendingPathComponent("drawbridge-demo-\(getuid())-\(servicesPort)")
    let original = try String(contentsOf: demo.appendingPathComponent("drawbridge.yaml"), encoding: .utf8)
    let configuration = demo.appendingPathComponent("test.yaml")
    let text =
      settings.joined(separator: "\n") + "\n"
      + original.replacingOccurrences(of: "connections: 4", with: "connections: 4, queue: 512")
    try text.write(to: configuration, atomically: true, encoding: .utf8)
    let arguments = ["serve", "--config", configuration.path, "--loops", "\(loops)"]
    let limit = descriptors.map { "ulimit -n \($0); " } ?? ""
    let environment = [
      "PORT": "0", "SOCKET": demo.appendingPathComponent("pool.sock").path,
      "DOMAIN": try String(contentsOf: demo.appendingPathComponent("domain"), encoding: .utf8)
        .trimmingCharacters(in: .whitespacesAndNewlines),
    ]
    let gateway = try ChildProcess(
      "/bin/sh", ["-c", limit + "exec \"$@\"", "sh", TestPaths.drawbridge] + arguments,
      environment: environment)
    guard let line = gateway.lines.wait(seconds: 60, where: { $0.contains(#""event":"serving""#) }),
      let address = line.components(separatedBy: "127.0.0.1:").last,
      let port = UInt16(address.prefix(while: \.isNumber))
    else {
      gateway.stop()
      services.stop()
      throw DidNotStart(lines: gateway.lines.all)
    }
    self.services = services
    self.gateway = gateway
    self.port = port
    self.folder = folder
    self.servicesPort = servicesPort
    self.configuration = configuration.path
    self.environment = environment
  }

  struct DidNotStart: Error { let lines: [String] }

  private static func startServices(_ folder: URL, _ port: UInt16) throws -> ChildProcess {
    let services = try ChildProcess(
      TestPaths.drawbridge, ["demo", "--services", "--port", "\(port)"],
      environment: ["XDG_RUNTIME_DIR": folder.path])
    guard services.lines.wait(seconds: 60, where: { $0.contains("services: process") }) != nil else {
      services.stop()
      throw DidNotStart(lines: services.lines.all)
    }
    return services
  }

  /// `drawbridge call` with the gateway's configuration.
  func call(_ arguments: [String]) throws -> Finished {
    try Finished.run(
      TestPaths.drawbridge, ["call", "-c", configuration] + arguments, environment: environment)
  }

  /// The services again, after they were ended.
  func startServices() throws -> ChildProcess { try Self.startServices(folder, servicesPort) }

  /// Ends both; the gateway's exit status.
  @discardableResult
  func stop() -> Int32? {
    services.signal(SIGCONT)
    gateway.signal(SIGTERM)
    let status = gateway.wait(seconds: 60)
    gateway.stop()
    services.stop()
    try? FileManager.default.removeItem(at: folder)
    return status
  }

  func client() throws -> RawClient { try RawClient(port: port) }

  /// Returns when the gateway has looked at all that was sent to it before; for one loop.
  func settle() throws {
    let client = try client()
    client.send("GET /settle HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    _ = client.receiveAll()
  }

  // MARK: What the system knows

  /// Resident memory in kB.
  var residentMemory: Int {
    let status = (try? String(contentsOfFile: "/proc/\(gateway.processID)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return Int(line?.filter(\.isNumber) ?? "") ?? -1
  }

  var openDescriptors: Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(gateway.processID)/fd").count) ?? -1
  }

  /// Clock ticks, of 10 ms, that the gateway has run.
  var processorTicks: Int {
    let text = (try? String(contentsOfFile: "/proc/\(gateway.processID)/stat", encoding: .utf8)) ?? ""
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    return fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
  }
}

/// Runs `body` on `count` threads of its own at the same time: blocking calls would use up Swift's.
func onThreads(_ count: Int, seconds: Double = 120, _ body: @escaping @Sendable (Int) -> Void) -> Bool {
  let group = DispatchGroup()
  for number in 0..<count {
    group.enter()
    Thread.detachNewThread {
      body(number)
      group.leave()
    }
  }
  return group.wait(timeout: .now() + seconds) == .success
}

/// Counts answers in a stream of them, fast enough for a debug build: looks at status lines only.
struct AnswerCounter {
  private(set) var statuses: [Int] = []
  private var rest = Data()
  private static let start = Data("HTTP/1.1 ".utf8)

  mutating func take(_ bytes: [UInt8]) {
    rest.append(contentsOf: bytes)
    var position = rest.startIndex
    while let found = rest.range(of: Self.start, in: position..<rest.endIndex),
      found.upperBound + 3 <= rest.endIndex
    {
      position = found.upperBound + 3
      statuses.append(Int(String(decoding: rest[found.upperBound..<position], as: UTF8.self)) ?? 0)
    }
    // A status line may come in two parts.
    rest = Data(rest[max(position, rest.endIndex - 11)...])
  }
}
