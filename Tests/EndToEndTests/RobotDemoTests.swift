import Foundation
import TestSupport
import Testing

/// The demo's robot: IDL as it was found, requests over real DDS, and `curl`.
@Suite(.serialized) struct RobotDemoTests {
  @Test func everyOperationAnswers() throws {
    let demo = try DemoProcess()
    defer { demo.stop() }
    let set = ["-X", "PUT", "--json", #"{"speed":3.5}"#]
    #expect(try demo.curl("/v1/robot/speed", set) == #"{"return_":3.5}"#)
    #expect(try demo.curl("/v1/robot/speed") == #"{"return_":3.5}"#)
    #expect(try demo.curl("/v1/robot/status") == #"{"status":{"msg":"running at 3.5"}}"#)
    #expect(try demo.curl("/v1/robot/command", ["--json", #"{"com":"START_COMMAND"}"#]) == "{}")
    #expect(try demo.curl("/v1/robot/command", ["--json", #"{"com":1}"#]) == "{}")
    #expect(try demo.curl("/v1/robot/speed") == #"{"return_":0}"#)
  }

  @Test func aDeclaredExceptionIs422() throws {
    let demo = try DemoProcess()
    defer { demo.stop() }
    let fast = try demo.response("/v1/robot/speed", ["-X", "PUT", "--json", #"{"speed":99}"#])
    #expect(fast.status == 422)
    #expect(fast.headers["content-type"] == "application/problem+json")
    #expect(fast.json["type"] as? String == "urn:drawbridge:problem:user-exception")
    #expect(fast.json["title"] as? String == "TooFast")
    #expect(fast.json["code"] as? String == "FAILED_PRECONDITION")
    #expect(fast.json["retryable"] as? Bool == false)
    #expect(fast.body.contains(#""exception":{"name":"robot::TooFast","value":{}}"#), "\(fast.body)")
  }

  static let wrongBodies: [(String, String, String, String)] = [
    ("wrong enum", "/v1/robot/command", #"{"com":"STAR_COMMAND"}"#, "/com"),
    ("enum that is no number of it", "/v1/robot/command", #"{"com":2}"#, "/com"),
    ("unknown member", "/v1/robot/command", #"{"com":"STOP_COMMAND","x":1}"#, "/x"),
    ("missing member", "/v1/robot/command", "{}", "/com"),
    ("no body", "/v1/robot/command", "", ""),
    ("null", "/v1/robot/command", #"{"com":null}"#, "/com"),
    ("member twice", "/v1/robot/command", #"{"com":0,"com":1}"#, "/com"),
  ]

  @Test func wrongBodiesAreLocated() throws {
    let demo = try DemoProcess()
    defer { demo.stop() }
    for (name, path, body, pointer) in Self.wrongBodies {
      let response = try demo.response(path, ["--json", body])
      #expect(response.status == 400, "\(name): \(response.body)")
      if !pointer.isEmpty { #expect(response.pointers == [pointer], "\(name): \(response.body)") }
    }
    let high = try demo.response("/v1/robot/speed", ["-X", "PUT", "--json", #"{"speed":1e39}"#])
    #expect(high.status == 400 && high.pointers == ["/speed"], "\(high.body)")
  }

  /// SIGTERM takes leave: 503 at once. After SIGKILL the robot counts as alive until its lease ends.
  @Test func theRobotMayStopAndComeBack() throws {
    let demo = try DemoProcess()
    defer { demo.stop() }
    #expect(try demo.response("/v1/robot/speed").status == 200)
    kill(demo.servicesProcessID, SIGTERM)
    // A request may leave just as the robot does, and is not answered.
    let stopped = try demo.response("/v1/robot/speed", until: { ![200, 504].contains($0.status) })
    #expect(stopped.status == 503, "\(stopped.body)")
    #expect(stopped.headers["retry-after"] != nil)
    #expect(stopped.json["retryable"] as? Bool == true)
    let services = try demo.startServices()
    #expect(try demo.response("/v1/robot/speed", until: { $0.status != 503 }).status == 200)

    services.signal(SIGKILL)
    _ = services.wait()
    let lost = try demo.response("/v1/robot/speed")
    #expect(lost.status == 504, "\(lost.body)")
    #expect(lost.json["retryable"] as? Bool == false)
    // The lease is 2 s.
    let gone = try demo.response("/v1/robot/speed", until: { $0.status != 504 })
    #expect(gone.status == 503, "\(gone.body)")
    let again = try demo.startServices()
    #expect(try demo.response("/v1/robot/speed", until: { $0.status != 503 }).status == 200)
    again.stop()
  }

  /// The same routes before a server on the Python binding of Cyclone DDS 11.
  @Test func aServerOfOthersAnswersAsWell() throws {
    let demo = try DemoProcess()
    defer { demo.stop() }
    kill(demo.servicesProcessID, SIGTERM)
    #expect(try demo.response("/v1/robot/speed", until: { ![200, 504].contains($0.status) }).status == 503)
    let server = try demo.startPeer("server")
    defer { server.stop() }
    #expect(try demo.response("/v1/robot/speed", until: { $0.status != 503 }).status == 200)
    let set = ["-X", "PUT", "--json", #"{"speed":3.5}"#]
    #expect(try demo.curl("/v1/robot/speed", set) == #"{"return_":3.5}"#)
    #expect(try demo.curl("/v1/robot/status") == #"{"status":{"msg":"robot running at 3.5"}}"#)
    #expect(try demo.curl("/v1/robot/command", ["--json", #"{"com":"STOP_COMMAND"}"#]) == "{}")
    let fast = try demo.response("/v1/robot/speed", ["-X", "PUT", "--json", #"{"speed":99}"#])
    #expect(fast.status == 422 && fast.body.contains(#""name":"robot::TooFast""#), "\(fast.body)")
  }

  /// Peers of Cyclone 11 look each other's types up; the replies reach everybody in the domain, and 0.10 does not
  /// survive each of them.
  @Test func typeLookupsOfOthersDoNotEndTheGateway() throws {
    let demo = try DemoProcess()
    defer { demo.stop() }
    #expect(try demo.response("/v1/robot/speed").status == 200)
    let first = try demo.startPeer("types", "--variant", "0")
    let second = try demo.startPeer("types", "--variant", "1")
    let end = Date(timeIntervalSinceNow: 3)
    while Date() < end { #expect(try demo.response("/v1/robot/speed").status == 200) }
    first.stop()
    second.stop()
    #expect(try demo.response("/v1/robot/status").status == 200)
    #expect(demo.process.wait(seconds: 0) == nil)
  }
}
