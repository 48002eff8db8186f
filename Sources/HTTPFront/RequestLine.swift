internal import Glibc
internal import Routing

/// Method and version of a request, as the library found them; the target stands in the exchange.
struct RequestLine {
  enum Version {
    case http10, http11, other
  }

  let method: HTTPMethod
  let version: Version

  /// Both texts end in NUL.
  init(method: UnsafePointer<CChar>, version: UnsafePointer<CChar>) {
    // SAFETY: the texts end in NUL and outlive this call.
    let bytes = unsafe UnsafeRawBufferPointer(start: method, count: strlen(method))
    self.method = HTTPMethod(unsafe bytes.bindMemory(to: UInt8.self).span)
    if unsafe strcmp(version, "HTTP/1.1") == 0 {
      self.version = .http11
    } else {
      self.version = unsafe strcmp(version, "HTTP/1.0") == 0 ? .http10 : .other
    }
  }
}
