package import Foundation
import Synchronization

/// A new folder, which is removed when the tests end.
package func folderUntilExit() throws -> URL {
  let folder = FileManager.default.temporaryDirectory.appending(path: "drawbridge-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  folders.withLock { folders in
    if folders.isEmpty { atexit(removeFolders) }
    folders.append(folder)
  }
  return folder
}

private let folders = Mutex<[URL]>([])

private func removeFolders() {
  for folder in folders.withLock({ $0 }) { try? FileManager.default.removeItem(at: folder) }
}
