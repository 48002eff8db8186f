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

/// The block of domains of this process, which owns it until it ends; waits when all are taken.
private let block: Int = {
  let own = Int(getpid()) % blocks
  while true {
    for number in (own..<own + blocks).map({ $0 % blocks }) where take(number) { return number }
    waitForOwner(of: own)
  }
}()

/// Listens at a name that is in no folder, and so is free as soon as its owner has ended, whatever happens to files. Its
/// scope is the network namespace, which is that of the domains' ports too.
private func take(_ block: Int) -> Bool {
  let descriptor = socket(AF_UNIX, streams, 0)
  let isTaken = unsafe withAddress(block) { address, size in
    unsafe bind(descriptor, address, size) == 0 && listen(descriptor, 16) == 0
  }
  if !isTaken { close(descriptor) }
  return isTaken
}

/// A connection that nobody accepts ends with the listener's process.
private func waitForOwner(of block: Int) {
  let descriptor = socket(AF_UNIX, streams, 0)
  defer { close(descriptor) }
  let isConnected = unsafe withAddress(block) { address, size in
    unsafe connect(descriptor, address, size) == 0
  }
  var byte: UInt8 = 0
  if isConnected { _ = unsafe read(descriptor, &byte, 1) } else { sched_yield() }
}

/// Not for programs that tests start.
private let streams = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)

private func withAddress<Result>(
  _ block: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
  let name = [0] + Array("drawbridge-tests.domains-\(block)".utf8)
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
  let size = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
  return unsafe withUnsafePointer(to: address) { pointer in
    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, size) }
  }
}
