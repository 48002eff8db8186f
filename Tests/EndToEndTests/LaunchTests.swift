import Dispatch
import Foundation
import TestSupport
import Testing

/// The tests' own processes: their ends are seen, they leave nothing behind, and they can be stopped.
@Suite(.timeLimit(.minutes(5))) struct LaunchTests {
  @Test func endsAreSeenWhileOthersStart() throws {
    let lasting = Event<ChildProcess>()
    let failures = Event<String>()
    DispatchQueue.concurrentPerform(iterations: 2) { side in
      for round in 0..<20 {
        do {
          if side == 0 {
            lasting.set(try ChildProcess("/bin/sleep", ["600"]))
          } else {
            _ = try Finished.run("/bin/true", [], seconds: 30)
          }
        } catch {
          failures.set("round \(round) of \(side): \(error)")
        }
      }
    }
    for process in lasting.all { process.stop() }
    #expect(failures.all.isEmpty)
  }

  @Test func nothingStaysBehind() async throws {
    let before = Self.descriptors
    for _ in 0..<20 {
      let process = try ChildProcess("/bin/sh", ["-c", "echo one; echo two >&2; exit 3"], keepsInput: true)
      #expect(process.wait(seconds: 60) == 3)
      while process.nextLine() != nil {}
      #expect(process.lines.all.sorted() == ["one", "two"])
    }
    // The last thread that read closes its pipes when it sees their ends.
    #expect(await eventually { Self.descriptors <= before })
  }

  /// One that the test lets go of does not outlive it.
  @Test func theForgottenEnd() async throws {
    var processID: Int32 = 0
    do {
      let process = try ChildProcess("/bin/sleep", ["600"])
      processID = process.processID
      #expect(kill(processID, 0) == 0)
    }
    #expect(await eventually { kill(processID, 0) != 0 })
  }

  @Test func startedWithSignalsBlocked() throws {
    var (signals, old) = (sigset_t(), sigset_t())
    unsafe sigfillset(&signals)
    unsafe pthread_sigmask(SIG_SETMASK, &signals, &old)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &old, nil) }
    let process = try ChildProcess("/bin/sleep", ["600"])
    process.signal(SIGTERM)
    #expect(process.wait(seconds: 30) == SIGTERM)
  }

  @Test func oneThatDoesNotExist() {
    #expect(throws: (any Error).self) { try ChildProcess("/nonexistent/program", []) }
  }

  private static var descriptors: Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
  }
}
