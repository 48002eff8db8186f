internal import GatewayCore
internal import Routing

/// What is wrong with a head that the library has parsed. Runs for every request.
///
/// libmicrohttpd 0.9.75 answers 200 to shapes that two parsers read differently; RFC 9112 sections 3.2 and 6
/// tell servers to refuse them.
enum HeadChecks {
  struct Fault {
    var type: ProblemType
    var detail: String
    /// The connection cannot be trusted to be in step any more.
    var closes = true
  }

  static func fault(
    in exchange: HTTPExchange, _ line: RequestLine, settings: HTTPFrontSettings
  ) -> Fault? {
    let headers = exchange.headers
    // First, because it notes whether a body follows; reported last.
    let framingFault = framing(of: exchange, line.version, settings: settings)
    if exchange.target.count > settings.maxTarget {
      return Fault(type: .uriTooLong, detail: "the request target is longer than \(settings.maxTarget) bytes")
    }
    if headers.size > settings.maxHead {
      return Fault(type: .headTooLarge, detail: "the request head is longer than \(settings.maxHead) bytes")
    }
    if headers.isMalformed {
      return Fault(
        type: .malformedRequest,
        detail:
          "the head holds a name that is no token, a bare CR or LF, a folded line, a NUL or surplus blanks")
    }
    let lineFault = requestLine(line, exchange.target, settings: settings)
    if let fault = lineFault ?? framingFault { return fault }
    if line.version == .http11 ? headers.count(.host) != 1 : headers.count(.host) > 1 {
      return Fault(type: .malformedRequest, detail: "a request has exactly one Host header")
    }
    if headers.count(.contentType) > 1 {
      return Fault(type: .malformedRequest, detail: "more than one Content-Type header")
    }
    if headers.count(.expect) > 0, let expect = headers.value(.expect),
      !expect.elementsEqual("100-continue".utf8, by: sameLetter)
    {
      return Fault(type: .expectationFailed, detail: "only 'Expect: 100-continue' is supported")
    }
    return nil
  }

  private static func requestLine(
    _ line: RequestLine, _ target: [UInt8], settings: HTTPFrontSettings
  ) -> Fault? {
    if line.version == .other {
      return Fault(type: .malformedRequest, detail: "the request line does not end in HTTP/1.0 or HTTP/1.1")
    }
    if case .other(let method) = line.method, method == "CONNECT" || method == "TRACE" {
      return Fault(type: .methodNotAllowed, detail: "\(method) is not supported")
    }
    var parameters = 1
    for byte in target {
      if byte <= UInt8(ascii: " ") || byte == 0x7f {
        return Fault(type: .malformedRequest, detail: "the request target holds a blank or control byte")
      }
      if byte == UInt8(ascii: "&") { parameters += 1 }
    }
    if parameters > settings.maxQueryParameters {
      return Fault(
        type: .malformedRequest, detail: "the query has more than \(settings.maxQueryParameters) parameters")
    }
    return nil
  }

  /// Where the body ends: the question on which smuggling turns.
  private static func framing(
    of exchange: HTTPExchange, _ version: RequestLine.Version, settings: HTTPFrontSettings
  ) -> Fault? {
    let headers = exchange.headers
    let lengths = headers.count(.contentLength)
    let encodings = headers.count(.transferEncoding)
    if lengths > 0 || encodings > 0 { exchange.bodyLength = .chunked }
    if lengths > 1 {
      return Fault(type: .malformedRequest, detail: "more than one Content-Length header")
    }
    if lengths > 0, encodings > 0 {
      return Fault(type: .malformedRequest, detail: "both Content-Length and Transfer-Encoding")
    }
    if encodings > 0 {
      // RFC 9112 section 6.1: whoever passed it on may not have known chunks.
      if version != .http11 {
        return Fault(type: .malformedRequest, detail: "Transfer-Encoding in an HTTP/1.0 request")
      }
      let isChunked =
        headers.value(.transferEncoding)?.elementsEqual("chunked".utf8, by: sameLetter) ?? false
      if encodings > 1 || !isChunked {
        return Fault(type: .notImplemented, detail: "the only transfer encoding supported is 'chunked'")
      }
      return nil
    }
    guard lengths > 0, let text = headers.value(.contentLength) else { return nil }
    guard let length = decimal(text) else {
      return Fault(type: .malformedRequest, detail: "Content-Length is not a number of bytes")
    }
    if length > settings.maxBody {
      return Fault(type: .payloadTooLarge, detail: "the body is longer than \(settings.maxBody) bytes")
    }
    exchange.bodyLength = length == 0 ? .none : .known(length)
    return nil
  }

  /// `1*DIGIT`; a number beyond `Int` is `Int.max`, which every limit refuses.
  private static func decimal(_ text: ArraySlice<UInt8>) -> Int? {
    if text.isEmpty { return nil }
    var value = 0
    for byte in text {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      value = overflow || carry ? .max : sum
    }
    return value
  }

  private static func sameLetter(_ left: UInt8, _ right: UInt8) -> Bool {
    left == right || (left | 0x20 == right && right >= UInt8(ascii: "a") && right <= UInt8(ascii: "z"))
  }
}
