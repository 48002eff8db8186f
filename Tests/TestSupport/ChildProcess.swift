package import Foundation

/// A process that a test started; its output is collected line by line.
package final class ChildProcess: @unchecked Sendable {
  // SAFETY: `process` is set up before it runs; afterwards only thread-safe calls are made on it.
  private let process = Process()
  /// Lines of standard output and standard error, as they come.
  package let lines = Event<String>()
  private let ended = Event<Int32>()

  package init(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:], input: Data? = nil
  ) throws {
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    for pipe in [Pipe(), Pipe()] {
      let splitter = LineSplitter(lines)
      pipe.fileHandleForReading.readabilityHandler = { splitter.take($0.availableData, $0) }
      if process.standardOutput as? Pipe == nil {
        process.standardOutput = pipe
      } else {
        process.standardError = pipe
      }
    }
    let source = Pipe()
    process.standardInput = source
    process.terminationHandler = { [ended] in ended.set($0.terminationStatus) }
    try process.startAlone()
    if let input { source.fileHandleForWriting.write(input) }
    try source.fileHandleForWriting.close()
  }

  package var processID: Int32 { process.processIdentifier }

  package func signal(_ number: Int32) { send(number, to: process.processIdentifier) }

  /// The exit status, waiting for it at most `seconds`; nil when the process still runs.
  package func wait(seconds: Double = 60) -> Int32? { ended.wait(seconds: seconds) }

  /// Ends the process and waits for it.
  package func stop() {
    signal(SIGTERM)
    if wait(seconds: 30) == nil {
      signal(SIGKILL)
      _ = wait(seconds: 10)
    }
  }
}

/// Cuts what a pipe gives into lines.
private final class LineSplitter: @unchecked Sendable {
  // SAFETY: a file handle calls its readability handler one at a time.
  private let lines: Event<String>
  private var rest = Data()

  init(_ lines: Event<String>) { self.lines = lines }

  func take(_ data: Data, _ handle: FileHandle) {
    if data.isEmpty {
      handle.readabilityHandler = nil
      if !rest.isEmpty { lines.set(String(decoding: rest, as: UTF8.self)) }
      rest = Data()
      return
    }
    rest += data
    while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
      lines.set(String(decoding: rest[..<newline], as: UTF8.self))
      rest = Data(rest[rest.index(after: newline)...])
    }
  }
}

/// Runs a program to its end.
package struct Finished: Sendable {
  package struct DoesNotEnd: Error { package let command: [String] }

  package let status: Int32
  package let output: String
  package let errors: String

  /// - Throws: `DoesNotEnd` when the program has not ended after `seconds`; it is ended then.
  package static func run(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:], seconds: Double = 300
  ) throws -> Finished {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    // Files, not pipes: nothing has to be read while the process runs.
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let names = ["out", "err"].map { folder.appendingPathComponent($0) }
    for name in names { _ = FileManager.default.createFile(atPath: name.path, contents: nil) }
    process.standardOutput = try FileHandle(forWritingTo: names[0])
    process.standardError = try FileHandle(forWritingTo: names[1])
    let ended = Event<Int32>()
    process.terminationHandler = { ended.set($0.terminationStatus) }
    try process.startAlone()
    guard let status = ended.wait(seconds: seconds) else {
      send(SIGKILL, to: process.processIdentifier)
      throw DoesNotEnd(command: [executable] + arguments)
    }
    // Returns at once, and lets go of the descriptors by which Foundation has waited.
    process.waitUntilExit()
    let texts = try names.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return Finished(status: status, output: texts[0], errors: texts[1])
  }
}

/// Where things are.
package enum TestPaths {
  /// The folder of Package.swift.
  package static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The program under test, built beside the tests.
  package static var drawbridge: String { program("drawbridge") }

  /// A program of this package.
  package static func program(_ name: String) -> String {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent(name).path
  }
}

/// Whether this build, and that of the program under test, watches memory or threads: both use memory as they like.
package let isSanitized: Bool = {
  let names = ["__tsan_init", "__asan_init"]
  return names.contains { unsafe dlsym(nil, $0) != nil }
}()

/// A port of the loopback interface that was free a moment ago.
package func freePort() -> UInt16 {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(descriptor) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
  var size = socklen_t(MemoryLayout<sockaddr_in>.size)
  unsafe withUnsafeMutablePointer(to: &address) { pointer in
    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      _ = unsafe bind(descriptor, $0, size)
      _ = unsafe getsockname(descriptor, $0, &size)
    }
  }
  return UInt16(bigEndian: address.sin_port)
}
