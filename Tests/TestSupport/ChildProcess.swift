package import Foundation

/// A program that a test starts, watches by its output, and stops by its own process id.
package final class ChildProcess: @unchecked Sendable {
  // SAFETY: `input` and `taken` are touched by the one test that talks to the process.
  private let process: StartedProcess
  /// Lines of standard output and standard error, as they come; closed when both have ended.
  package let lines = Event<String>()
  /// Where its standard input is written to; nil once that is closed.
  private var input: Int32?
  private var taken = 0

  /// - Parameters:
  ///   - keepsInput: its standard input stays open until `closeInput`.
  ///   - takesErrors: its error output is among `lines`, and not the tests' own.
  package init(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:],
    keepsInput: Bool = false,
    takesErrors: Bool = true
  ) throws {
    // A child that has ended does not end us when we write to it.
    _ = Self.ignoresPipeSignals
    let (input, output, errors) = (try ClosedPipe(), try ClosedPipe(), try ClosedPipe())
    defer { for end in [input.reading, output.writing, errors.writing] { close(end) } }
    do {
      process = try StartedProcess(
        executable, arguments, environment: environment,
        .init(
          input: input.reading, output: output.writing, errors: takesErrors ? errors.writing : STDERR_FILENO))
    } catch {
      for end in [input.writing, output.reading, errors.reading] { close(end) }
      throw error
    }
    self.input = input.writing
    let reader = LineReader([output.reading, errors.reading], lines)
    Thread.detachNewThread { reader.run() }
    if !keepsInput { closeInput() }
  }

  deinit {
    closeInput()
    process.signal(SIGKILL)
  }

  private static let ignoresPipeSignals: Void = { _ = Glibc.signal(SIGPIPE, SIG_IGN) }()

  package var processID: Int32 { process.processID }

  package func signal(_ number: Int32) { process.signal(number) }

  /// The exit status, waiting for it at most `seconds`; nil when the process still runs.
  package func wait(seconds: Double = 60) -> Int32? { process.ended.wait(seconds: seconds) }

  /// Ends the process and waits for it.
  package func stop() {
    signal(SIGTERM)
    if wait(seconds: 30) == nil {
      signal(SIGKILL)
      _ = wait(seconds: 10)
    }
  }

  // MARK: Talking

  /// The next line that nobody has taken by this; nil at the end of the output, or when none comes in time.
  package func nextLine(seconds: Double = 60) -> String? {
    guard let line = lines.value(at: taken, seconds: seconds) else { return nil }
    taken += 1
    return line
  }

  /// Writes to the standard input of a process that was started with `keepsInput`; false when it takes no more.
  package func write(_ text: String) -> Bool {
    guard let input else { return false }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      // SAFETY: the kernel reads as many bytes as there are.
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(input, $0.baseAddress, $0.count) }
      if count < 0, errno != EINTR { return false }
      rest = rest.dropFirst(max(0, count))
    }
    return true
  }

  /// Many programs end when their input does.
  package func closeInput() {
    if let input { close(input) }
    input = nil
  }
}

/// Cuts what pipes give into lines.
private final class LineReader: @unchecked Sendable {
  // SAFETY: used by one thread.
  private let lines: Event<String>
  private var sources: [Int32]
  private var rests: [[UInt8]]
  private var buffer = [UInt8](repeating: 0, count: 16 * 1024)

  init(_ sources: [Int32], _ lines: Event<String>) {
    self.sources = sources
    self.lines = lines
    rests = sources.map { _ in [] }
  }

  /// Returns when all have ended.
  func run() {
    while sources.contains(where: { $0 >= 0 }) {
      // poll(2) passes over negative descriptors.
      var polled = sources.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      // SAFETY: the list and its length.
      if unsafe poll(&polled, nfds_t(polled.count), -1) < 0 { continue }
      for position in sources.indices where polled[position].revents != 0 { take(position) }
    }
    lines.close()
  }

  private func take(_ position: Int) {
    // SAFETY: the kernel writes into the buffer what it has room for.
    let count = unsafe read(sources[position], &buffer, buffer.count)
    if count < 0, errno == EINTR { return }
    guard count > 0 else {
      close(sources[position])
      sources[position] = -1
      if !rests[position].isEmpty { lines.set(String(decoding: rests[position], as: UTF8.self)) }
      return
    }
    for byte in buffer[..<count] {
      guard byte == UInt8(ascii: "\n") else {
        rests[position].append(byte)
        continue
      }
      lines.set(String(decoding: rests[position], as: UTF8.self))
      rests[position] = []
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
    _ executable: String, _ arguments: [String], environment: [String: String] = [:], folder: String? = nil,
    seconds: Double = 300
  ) throws -> Finished {
    // Files, not pipes: nothing has to be read while the process runs.
    let results = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: results, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: results) }
    let names = ["out", "err"].map { results.appendingPathComponent($0).path }
    let nothing = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
    let files = names.map { unsafe open($0, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600) }
    defer { for descriptor in [nothing] + files { close(descriptor) } }
    let process = try StartedProcess(
      executable, arguments, environment: environment, folder: folder,
      .init(input: nothing, output: files[0], errors: files[1]))
    guard let status = process.ended.wait(seconds: seconds) else {
      process.signal(SIGKILL)
      throw DoesNotEnd(command: [executable] + arguments)
    }
    let texts = try names.map {
      String(decoding: try Data(contentsOf: URL(fileURLWithPath: $0)), as: UTF8.self)
    }
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
