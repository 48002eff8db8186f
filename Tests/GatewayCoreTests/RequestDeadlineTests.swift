import Testing

@testable import GatewayCore

@Suite struct RequestDeadlineTests {
  static let requestTimeouts: [(String, UInt64?)] = [
    ("2.5s", 2_500_000_000),
    ("500ms", 500_000_000),
    ("1m", 60_000_000_000),
    ("7", 7_000_000_000),
    ("0", 0),
    ("0.000000001", 1),
    ("0.0000000019", 1),
    ("1.5", 1_500_000_000),
    ("1.5ms", 1_500_000),
    ("0.0000001ms", 0),
    ("0.5m", 30_000_000_000),
    ("007s", 7_000_000_000),
    ("18446744073s", 18_446_744_073_000_000_000),
    ("18446744073.709551615s", 18_446_744_073_709_551_615),
    ("999999999999ms", 999_999_999_999_000_000),
    // Beyond 64 bits of nanoseconds.
    ("18446744073.709551616s", nil),
    ("18446744074s", nil),
    ("999999999999s", nil),
    ("999999999999m", nil),
    ("1000000000000ms", nil),
    ("99999999999999999999999999", nil),
    ("", nil),
    (".", nil),
    (".5s", nil),
    ("2.s", nil),
    ("1.2.3s", nil),
    ("1..2s", nil),
    ("-1s", nil),
    ("+1s", nil),
    ("1e3", nil),
    ("0x10", nil),
    ("1h", nil),
    ("1S", nil),
    ("1 s", nil),
    ("1ss", nil),
    ("s", nil),
    ("ms", nil),
    ("١s", nil),
    ("1\u{0}", nil),
    ("soon", nil),
  ]

  @Test(arguments: requestTimeouts) func requestTimeout(_ text: String, _ nanoseconds: UInt64?) {
    #expect(RequestDeadline.requestTimeout(text.bytes) == nanoseconds)
  }

  /// gRPC over HTTP/2, "Requests": at most eight digits and one unit.
  static let grpcTimeouts: [(String, UInt64?)] = [
    ("1H", 3_600_000_000_000),
    ("1M", 60_000_000_000),
    ("1S", 1_000_000_000),
    ("1m", 1_000_000),
    ("1u", 1_000),
    ("1n", 1),
    ("0S", 0),
    ("99999999S", 99_999_999_000_000_000),
    ("99999999M", 5_999_999_940_000_000_000),
    // Eight digits of hours are 11,415 years.
    ("99999999H", nil),
    ("123456789S", nil),
    ("000000001S", nil),
    ("", nil),
    ("S", nil),
    ("1", nil),
    ("1s", nil),
    ("1.5S", nil),
    ("1SS", nil),
    ("1 S", nil),
    ("-1S", nil),
    ("1x", nil),
  ]

  @Test(arguments: grpcTimeouts) func grpcTimeout(_ text: String, _ nanoseconds: UInt64?) {
    #expect(RequestDeadline.grpcTimeout(text.bytes) == nanoseconds)
  }

  /// The slice need not begin at 0, as it never does in a head.
  @Test func slicesOfAHead() {
    let head = Array("Request-Timeout: 2.5s\r\n".utf8)
    #expect(RequestDeadline.requestTimeout(head[17..<21]) == 2_500_000_000)
    #expect(RequestDeadline.grpcTimeout(Array("x 5S".utf8)[2...]) == 5_000_000_000)
  }
}
