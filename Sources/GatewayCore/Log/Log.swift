internal import EventLoop
internal import Routing
internal import Transcoding

/// Writes log lines to a descriptor, one `write` a line.
package final class Log: Sendable {
  private let configuration: LogConfiguration
  private let descriptor: Int32

  package init(_ configuration: LogConfiguration, descriptor: Int32 = 2) {
    self.configuration = configuration
    self.descriptor = descriptor
  }

  package func info(_ event: String, _ fields: [(String, String)] = []) { line(.info, event, fields) }

  package func warning(_ event: String, _ fields: [(String, String)] = []) { line(.warning, event, fields) }

  package func error(_ event: String, _ fields: [(String, String)] = []) { line(.error, event, fields) }

  /// One line per request. 499 means that the client left before the answer.
  func access(_ exchange: HTTPExchange, status: Int) {
    guard configuration.access else { return }
    let now = MonotonicInstant.current()
    let micros = exchange.arrival.nanoseconds == 0 ? 0 : now.nanoseconds(after: exchange.arrival) / 1000
    var fields = [
      ("method", exchange.method.name), ("target", String(decoding: exchange.target, as: UTF8.self)),
      ("status", "\(status)"), ("duration_us", "\(micros)"),
      ("request_bytes", "\(exchange.input.body.count)"),
      ("response_bytes", "\(exchange.response.body.count)"), ("route", exchange.routeName),
      ("request_id", exchange.requestID), ("peer", exchange.peer),
    ]
    if !exchange.problemName.isEmpty { fields.append(("problem", exchange.problemName)) }
    if !exchange.obstacle.isEmpty { fields.append(("obstacle", exchange.obstacle)) }
    write(.info, status == Self.clientClosedRequest ? "client-left" : "access", fields)
  }

  private static let clientClosedRequest = 499

  private func line(_ level: LogConfiguration.Level, _ event: String, _ fields: [(String, String)]) {
    let levels = LogConfiguration.Level.allCases
    guard let rank = levels.firstIndex(of: level), let least = levels.firstIndex(of: configuration.level),
      rank >= least
    else { return }
    write(level, event, fields)
  }

  private func write(_ level: LogConfiguration.Level, _ event: String, _ fields: [(String, String)]) {
    var bytes: [UInt8]
    switch configuration.format {
    case .json:
      var json = JSONObjectWriter()
      json.string("time", WallClock.timestamp())
      json.string("level", level.rawValue)
      json.string("event", event)
      for (name, value) in fields { json.member(name, text: value, isNumber: Self.isNumber(name, value)) }
      bytes = json.finish()
    case .text:
      var text = "\(WallClock.timestamp()) \(level.rawValue) \(event)"
      for (name, value) in fields { text += " \(name)=\(Self.quoted(value))" }
      bytes = Array(text.utf8)
    }
    bytes.append(UInt8(ascii: "\n"))
    System.writeAll(descriptor, bytes)
  }

  /// Fields that the JSON form writes as numbers, when they are.
  private static let numbers: Set<String> = ["status", "duration_us", "request_bytes", "response_bytes"]

  private static func isNumber(_ name: String, _ value: String) -> Bool {
    numbers.contains(name) && Int(value).map(String.init) == value
  }

  /// As it is when it is one plain word; otherwise in quotes, with what could end or forge a line escaped.
  private static func quoted(_ value: String) -> String {
    let isPlain =
      !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") }
    if isPlain { return value }
    var bytes: [UInt8] = []
    JSONObjectWriter.appendString(value, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
