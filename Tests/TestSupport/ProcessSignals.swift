package import Glibc
internal import Foundation

/// Sends a signal to a process. SIGSTOP is awaited: `kill` returns while threads of the receiver still run, and a
/// server that is thought to be stopped would answer once more.
package func send(_ signal: Int32, to process: pid_t) {
  kill(process, signal)
  guard signal == SIGSTOP else { return }
  let limit = ContinuousClock.now + .seconds(10)
  while !isStopped(process), ContinuousClock.now < limit { sched_yield() }
}

/// Whether every thread of the process has stopped, or it has ended.
private func isStopped(_ process: pid_t) -> Bool {
  let folder = "/proc/\(process)/task"
  let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  return threads.allSatisfy { thread in
    guard let line = try? String(contentsOfFile: "\(folder)/\(thread)/stat", encoding: .utf8) else {
      return true
    }
    // The state stands behind the name, which may hold anything but ends in the last parenthesis (proc(5)).
    return line.split(separator: ")").last.map { $0.hasPrefix(" T") || $0.hasPrefix(" Z") } ?? false
  }
}
