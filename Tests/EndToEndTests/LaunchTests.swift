import Dispatch
import Foundation
import TestSupport
import Testing

/// The tests' own processes: their ends are seen, whatever else is started at the same time.
@Suite(.timeLimit(.minutes(5))) struct LaunchTests {
  @Test func endsAreSeenWhileOthersStart() throws {
    // Foundation looks at each open descriptor before it starts a child; what comes up during the look is inherited.
    let open = (0..<150).map { _ in dup(0) }
    defer { for descriptor in open { close(descriptor) } }
    let lasting = Event<Process>()
    let failures = Event<String>()
    DispatchQueue.concurrentPerform(iterations: 2) { side in
      for round in 0..<20 {
        do {
          if side == 0 {
            lasting.set(try Self.lastingProcess())
          } else {
            _ = try Finished.run("/bin/true", [], seconds: 30)
          }
        } catch {
          failures.set("round \(round) of \(side): \(error)")
        }
      }
    }
    for process in lasting.all {
      send(SIGKILL, to: process.processIdentifier)
      process.waitUntilExit()
    }
    #expect(failures.all.isEmpty)
  }

  private static func lastingProcess() throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sleep")
    process.arguments = ["600"]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.startAlone()
    return process
  }
}
