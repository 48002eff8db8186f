import Foundation
import TestSupport
import Testing

/// The demo's arms: an own IDL in request/reply style, several replies streamed by `curl -N`, instances by path.
@Suite(.serialized) struct CalibrationDemoTests {
  private func reports(_ body: String) -> [(phase: String, percent: Double, done: Bool)] {
    body.split(separator: "\n").compactMap { line in
      let json = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      guard let phase = json?["phase"] as? String, let percent = json?["percent"] as? Double,
        let done = json?["done"] as? Bool
      else { return nil }
      return (phase, percent, done)
    }
  }

  @Test func linesOfProgress() throws {
    let demo = try DemoProcess()
    defer { demo.stop() }
    for arm in ["left", "right"] {
      let body = try demo.curl("/v1/arms/\(arm)/calibration", ["-N", "--json", #"{"steps":4}"#])
      let reports = reports(body)
      #expect(reports.map(\.percent) == [25, 50, 75, 100], "\(body)")
      #expect(reports.map(\.done) == [false, false, false, true])
      #expect(reports.map(\.phase) == ["MEASURING", "MEASURING", "MEASURING", "VERIFYING"])
    }
  }

  @Test func events() throws {
    let demo = try DemoProcess()
    defer { demo.stop() }
    let options = ["-N", "-H", "Accept: text/event-stream", "--json", #"{"steps":2}"#]
    let response = try demo.response("/v1/arms/left/calibration", options)
    #expect(response.status == 200)
    #expect(response.headers["content-type"] == "text/event-stream")
    #expect(response.headers["cache-control"] == "no-store")
    #expect(
      response.body.hasPrefix(
        "event: message\nid: 1\ndata: {\"phase\":\"MEASURING\",\"percent\":50,\"done\":false}\n\n"))
    #expect(response.body.hasSuffix("\"done\":true}\n\nevent: end\ndata: {}\n\n"))
  }

  /// Nothing has begun: problems as everywhere.
  @Test func failuresBeforeTheFirstReport() throws {
    let demo = try DemoProcess()
    defer { demo.stop() }
    let json = ["-N", "--json", #"{"steps":0}"#]
    #expect(try demo.response("/v1/arms/left/calibration", json).status == 400)
    // Both arms hear the request, and neither is meant.
    let other = ["-N", "-H", "Request-Timeout: 500ms", "--json", #"{"steps":1}"#]
    #expect(try demo.response("/v1/arms/middle/calibration", other).status == 504)
    #expect(
      try demo.response("/v1/arms/\(String(repeating: "m", count: 256))/calibration", other).status == 400)
  }

  /// The connection is closed in the middle; the gateway and its other calls go on.
  @Test func aClientThatLeaves() throws {
    let demo = try DemoProcess()
    defer { demo.stop() }
    let cut = try Finished.run(
      "/usr/bin/curl",
      [
        "-sN", "--max-time", "1", "--json", #"{"steps":1000}"#,
        "http://127.0.0.1:\(demo.port)/v1/arms/left/calibration",
      ])
    #expect(cut.status == 28)
    #expect(reports(cut.output).count > 1)
    let after = try demo.curl("/v1/arms/left/calibration", ["-N", "--json", #"{"steps":1}"#])
    #expect(reports(after).map(\.percent) == [100])
  }
}
