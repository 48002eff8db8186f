import EventLoop
import Foundation
import Routing
import Testing
import Transcoding

@testable import GatewayCore

/// Lines as they come out of a pipe.
@Suite struct LogTests {
  private func lines(
    _ format: LogConfiguration.Format, level: LogConfiguration.Level = .info, access: Bool = true,
    _ write: (Log) throws -> Void
  ) throws -> [String] {
    var configuration = LogConfiguration()
    (configuration.format, configuration.level, configuration.access) = (format, level, access)
    let pipe = Pipe()
    try write(Log(configuration, descriptor: pipe.fileHandleForWriting.fileDescriptor))
    try pipe.fileHandleForWriting.close()
    let output = text(try pipe.fileHandleForReading.readToEnd() ?? Data())
    #expect(output.isEmpty || output.hasSuffix("\n"))
    return output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  private func object(_ line: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
  }

  @Test func jsonForm() throws {
    let found = try lines(.json) { $0.warning("backend-down", [("service", "engine"), ("status", "503")]) }
    #expect(found.count == 1)
    let line = try #require(found.first)
    #expect(line.hasPrefix(#"{"time":"20"#))
    #expect(
      line.hasSuffix(#"Z","level":"warning","event":"backend-down","service":"engine","status":503}"#),
      "\(line)")
    _ = try object(line)
  }

  @Test func textForm() throws {
    let found = try lines(.text) {
      $0.error("x", [("a", "plain"), ("b", "two words"), ("c", ""), ("d", "ü")])
    }
    #expect(found.count == 1)
    #expect(found.first?.contains(#"Z error x a=plain b="two words" c="" d="ü""#) == true, "\(found)")
  }

  /// What a client chooses must not end a line or forge a field.
  @Test(arguments: ["a\nforged", "a\r\nb", "\" status=200 x=\"", "a\u{1b}[2J", "a\u{0}b", "\\", "\t"])
  func nothingForgesALine(_ value: String) throws {
    for format in LogConfiguration.Format.allCases {
      let found = try lines(format) { $0.info("e", [("target", value), ("last", "end")]) }
      #expect(found.count == 1, "\(found)")
      let line = try #require(found.first)
      #expect(line.utf8.allSatisfy { $0 >= 0x20 })
      if format == .json {
        #expect(try object(line)["target"] as? String == value)
      } else {
        // The value is a JSON string, or a word without quotes.
        let start = try #require(line.range(of: " target=")).upperBound
        let written = try #require(line[start...].range(of: " last=end", options: .backwards)).lowerBound
        let literal = String(line[start..<written])
        let parsed = try? JSONSerialization.jsonObject(with: Data("[\(literal)]".utf8)) as? [String]
        #expect(parsed?.first == value || literal == value, "\(line)")
      }
    }
  }

  /// Only what is a number is written as one.
  @Test(arguments: [
    ("404", "404"), ("-1", "-1"), ("down", #""down""#), ("1e5", #""1e5""#), ("007", #""007""#), ("", #""""#),
  ])
  func numbers(_ value: String, _ written: String) throws {
    let line = try #require(try lines(.json) { $0.info("e", [("status", value)]) }.first)
    #expect(line.hasSuffix("\"status\":\(written)}"), "\(line)")
    _ = try object(line)
  }

  @Test(arguments: zip(LogConfiguration.Level.allCases, [3, 3, 2, 1]))
  func levels(_ level: LogConfiguration.Level, _ count: Int) throws {
    let found = try lines(.text, level: level) { log in
      log.info("one")
      log.warning("two")
      log.error("three")
    }
    #expect(found.count == count, "\(found)")
  }

  @Test func accessLines() throws {
    let exchange = HTTPExchange(context: LoopContext(loop: try EventLoop()), peer: "127.0.0.1:5")
    exchange.method = .post
    exchange.target = Array("/v1/x?a=\"b\"".utf8)
    exchange.input.body = Array("abc".utf8)
    exchange.response.body = [1, 2]
    let found = try lines(.json) { log in
      log.access(exchange, status: 200)
      exchange.problemName = "bad-reply"
      exchange.obstacle = "no server of \"x\""
      exchange.requestID = "r1"
      exchange.arrival = MonotonicInstant.current()
      log.access(exchange, status: 499)
    }
    #expect(found.count == 2)
    let first = try object(found[0])
    #expect(first["event"] as? String == "access" && first["status"] as? Int == 200)
    #expect(first["method"] as? String == "POST" && first["target"] as? String == "/v1/x?a=\"b\"")
    #expect(first["request_bytes"] as? Int == 3 && first["response_bytes"] as? Int == 2)
    #expect(first["route"] as? String == "-" && first["peer"] as? String == "127.0.0.1:5")
    #expect(first["duration_us"] as? Int == 0 && first["problem"] == nil && first["obstacle"] == nil)
    let second = try object(found[1])
    #expect(second["event"] as? String == "client-left" && second["status"] as? Int == 499)
    #expect(second["problem"] as? String == "bad-reply" && second["request_id"] as? String == "r1")
    #expect(second["obstacle"] as? String == "no server of \"x\"")
    #expect(try lines(.json, access: false) { $0.access(exchange, status: 200) }.isEmpty)
  }
}
