internal import RPCCore
internal import Routing
internal import SchemaModel
internal import Transcoding

/// What only some routes, or some requests, make the gateway do.
extension Gateway {
  // MARK: Trailing slash

  /// The match of `/a` for `/a/`.
  func matchWithoutSlash(
    _ exchange: HTTPExchange, path: Range<Int>, _ routing: RoutingScratch
  ) -> RouteMatch {
    let target = exchange.target
    guard path.count > 1, target[path.upperBound - 1] == UInt8(ascii: "/") else { return .notFound }
    // Of `//host/` a redirect would lead to another host.
    guard target[path.lowerBound + 1] != UInt8(ascii: "/") else { return .notFound }
    return snapshot.router.match(
      exchange.method, target, path: path.lowerBound..<path.upperBound - 1, captures: &routing.captures)
  }

  /// 308 keeps method and body (RFC 9110 section 15.4.9).
  func redirect(_ exchange: HTTPExchange, path: Range<Int>) -> Admission {
    let place = exchange.target[path.lowerBound..<path.upperBound - 1] + exchange.target[path.upperBound...]
    exchange.response.status = 308
    exchange.response.contentType = .none
    exchange.response.headers.append(("Location", Self.headerText(place, keeping: "%,")))
    addCommonHeaders(exchange, mayBeStored: true)
    return .respond
  }

  // MARK: Ignored fields

  /// `unknown_fields: ignore` tells the client what it ignored.
  func report(ignoredParameters ranges: [Range<Int>], _ exchange: HTTPExchange) {
    if ranges.isEmpty { return }
    let target = exchange.target
    report(
      ignored: ranges.prefix(Self.namedIgnored).map { Self.headerText(target[$0], keeping: "%") }, exchange)
  }

  /// Most names of one kind in `Drawbridge-Ignored-Fields`.
  static let namedIgnored = 16

  func report(ignored names: [String], _ exchange: HTTPExchange) {
    if names.isEmpty { return }
    let text = names.map { Self.headerText($0.utf8, keeping: "%") }.joined(separator: ", ")
    if let place = exchange.ignoredHeader {
      exchange.response.headers[place].value += ", " + text
    } else {
      exchange.ignoredHeader = exchange.response.headers.count
      exchange.response.headers.append(("Drawbridge-Ignored-Fields", text))
    }
  }

  /// Bytes as they may stand in a header field: visible ASCII but for commas and percent signs, the rest
  /// percent-encoded; and what is `kept`.
  static func headerText(_ bytes: some Sequence<UInt8>, keeping kept: String = "") -> String {
    var text = ""
    for byte in bytes {
      let scalar = Unicode.Scalar(byte)
      if byte > 0x20 && byte < 0x7F && scalar != "," && scalar != "%" || kept.utf8.contains(byte) {
        text.unicodeScalars.append(scalar)
      } else {
        text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return text
  }

  // MARK: Header fields

  func bindExtras(
    _ exchange: HTTPExchange, _ extras: RouteExtras
  ) throws(BindingError) {
    exchange.input.maskField = extras.maskField
    guard !extras.requestHeaders.isEmpty, let front = exchange.front else { return }
    try extras.requestHeaders.bind(into: &exchange.input.bound) { front.headerValues(named: $0) }
  }

  /// Fields of the reply that are header fields of the answer; those without a value are left out.
  func addHeaders(
    _ exchange: HTTPExchange, _ extras: RouteExtras, _ codec: any BodyCodec, _ type: TypeID,
    _ reply: ReplyBody
  ) throws(TranscodeError) {
    for header in extras.responseHeaders {
      var json: [UInt8] = []
      try codec.decode(
        type, from: reply.bytes, at: reply.start, selecting: header.field, into: &json,
        scratch: exchange.context.scratch)
      guard let value = JSONValues.texts(json)?.first, !value.isEmpty else { continue }
      exchange.response.chosenHeaders.append((header.name, Self.headerText(value, keeping: " ,")))
    }
  }

  // MARK: Raw bodies

  /// Which form the answer has; false when the client takes none that the route has.
  func chooseForm(_ exchange: HTTPExchange, _ route: CompiledRoute, _ accept: ArraySlice<UInt8>) -> Bool {
    if route.extras?.takesRaw == true, route.response != nil {
      exchange.wantsRawAnswer = ContentNegotiation.prefers(route.codec.rawForm.rawValue, accept)
    }
    return exchange.wantsRawAnswer || ContentNegotiation.acceptsJSON(accept)
  }

  func notAcceptable(_ route: CompiledRoute) -> Problem {
    let raw = route.extras?.takesRaw == true ? " or \(route.codec.rawForm.rawValue)" : ""
    return Problem(.notAcceptable, "answers are application/json\(raw), which Accept excludes")
  }

  /// A problem when the body is in no form that the route takes.
  func admitRawBody(_ exchange: HTTPExchange, _ route: CompiledRoute) -> Problem? {
    let wanted = "send Content-Type: application/json (curl: --json)"
    guard route.extras?.takesRaw == true, let type = exchange.headers.value(.contentType),
      ContentNegotiation.isType(type, route.codec.rawForm.rawValue)
    else { return Problem(.unsupportedMediaType, wanted) }
    if !exchange.input.bound.isEmpty {
      return Problem(
        .invalidField, "a body in the wire form is the whole request; give no parameters beside it")
    }
    exchange.hasRawBody = true
    return nil
  }

  func rawContentType(_ route: CompiledRoute) -> HTTPResponse.ContentType {
    switch route.codec.rawForm {
    case .protobuf: .protobuf
    case .cdr: .cdr
    }
  }
}
