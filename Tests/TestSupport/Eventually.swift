/// Whether something that gives no event holds within `seconds`.
///
/// A test that asks in a bare loop keeps a thread from the tasks that it waits for.
package func eventually(seconds: Double = 60, _ holds: () async throws -> Bool) async rethrows -> Bool {
  let end = ContinuousClock.now + .seconds(seconds)
  while true {
    if try await holds() { return true }
    if ContinuousClock.now > end { return false }
    try? await Task.sleep(for: .milliseconds(1))
  }
}
