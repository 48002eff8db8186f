internal import Glibc

/// Where the demo keeps its socket and the files that a newcomer may want to look at.
struct DemoFiles {
  let folder: String

  var configuration: String { folder + "/drawbridge.yaml" }
  var socket: String { folder + "/pool.sock" }

  /// One folder for each user and port, so that two demos do not meet: `/tmp/drawbridge-demo-1000-8080`.
  init(port: UInt16, environment: [String: String]) {
    let parent = environment["XDG_RUNTIME_DIR"] ?? environment["TMPDIR"] ?? "/tmp"
    folder = "\(parent)/drawbridge-demo-\(getuid())-\(port)"
  }

  /// Makes the folder and writes the schemas and the configuration, the same for every demo.
  ///
  /// - Throws: `DemoError` when the folder is somebody else's, or cannot be written.
  func write() throws(DemoError) {
    // SAFETY: the path is a NUL-terminated copy for the time of the call.
    if unsafe mkdir(folder, 0o700) != 0, errno != EEXIST {
      throw DemoError("cannot make \(folder): error \(errno)")
    }
    var status = stat()
    // A folder in /tmp may have been put there by anybody.
    // SAFETY: the kernel writes one stat.
    guard unsafe lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid(),
      status.st_mode & 0o022 == 0
    else { throw DemoError("\(folder) is not a folder of this user alone; remove it") }
    try write("drawbridge.yaml", PackageResources.demo_yaml)
    try write("demo.proto", PackageResources.demo_proto)
    try write("demo.binpb", PackageResources.demo_binpb)
    try write("robot.idl", PackageResources.robot_idl)
    try write("calibration.idl", PackageResources.calibration_idl)
  }

  /// Keeps the DDS domain of a demo for services that are started again. Not before the demo has its port: until then it
  /// may be another demo's folder.
  func keep(domain: Int) throws(DemoError) { try write("domain", Array("\(domain)\n".utf8)) }

  /// The domain that a demo in this folder has chosen, or a new one, for services that are started alone.
  func keptDomain(near port: UInt16) throws(DemoError) -> Int {
    if let domain { return domain }
    let domain = try DemoDomain.choose(near: port)
    try keep(domain: domain)
    return domain
  }

  private var domain: Int? {
    let path = folder + "/domain"
    // SAFETY: the path is a NUL-terminated copy for the time of the call.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 8)
    // SAFETY: the kernel writes at most the bytes of the array.
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    return Int(String(decoding: bytes.prefix(max(0, count)).prefix { $0 >= 0x30 }, as: UTF8.self))
  }

  private func write(_ name: String, _ bytes: [UInt8]) throws(DemoError) {
    let path = "\(folder)/\(name)"
    // SAFETY: the path is a NUL-terminated copy for the time of the call.
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw DemoError("cannot write \(path): error \(errno)") }
    defer { close(descriptor) }
    // SAFETY: the kernel reads at most the bytes of the array.
    let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    guard count == bytes.count else { throw DemoError("cannot write \(path): error \(errno)") }
  }
}

/// Why the demo cannot run, for the person who started it.
struct DemoError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
