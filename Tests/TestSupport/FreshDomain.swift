import Foundation
import Synchronization

/// A DDS domain that no other test uses at the same time, in this process or in another one that runs these tests.
///
/// The ports of a domain follow from its number; those of domains over 101 may be taken by any other socket, as they
/// are in the range from which the kernel gives ports.
package func freshDomain() -> UInt32 {
  let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
  return UInt32(1 + block * blockSize + number % blockSize)
}

private let blockSize = 25
private let blocks = 4

private let next = Atomic(0)

/// The block of domains of this process, which holds a lock on it until it ends; waits when all are taken.
private let block: Int = {
  let own = Int(getpid()) % blocks
  for number in (own..<own + blocks).map({ $0 % blocks }) where lock(number, LOCK_EX | LOCK_NB) {
    return number
  }
  _ = lock(own, LOCK_EX)
  return own
}()

private func lock(_ block: Int, _ operation: Int32) -> Bool {
  let file = FileManager.default.temporaryDirectory.appending(path: "drawbridge-tests.domains-\(block)")
  let descriptor = unsafe open(file.path, O_CREAT | O_RDWR | O_CLOEXEC, 0o666)
  if flock(descriptor, operation) == 0 { return true }
  close(descriptor)
  return false
}
