import Foundation
import TestSupport
import Testing

/// `drawbridge check` as a process: its lines and its exit code.
@Suite struct CheckTests {
  @Test func threeMistakesGiveThreeLocatedDiagnostics() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let text = """
      listen:
        - 127.0.0.1:99999
      services:
        pool:
          drpc: { sokets: /run/x.sock }
          protobuf: { files: [demo.binpb] }
          timeout: soon
      """
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let run = try Finished.run(TestPaths.drawbridge, ["check", "-c", path])
    #expect(run.status == 2)
    let errors = run.errors.split(separator: "\n").filter { $0.contains(": error: ") }
    for place in ["2:5", "5:13", "7:14"] {
      #expect(errors.contains { $0.hasPrefix("\(path):\(place): ") }, "\(place) in \(run.errors)")
    }
    #expect(run.errors.contains("did you mean 'sockets'?"), "\(run.errors)")
  }

  @Test func usageMistakesExitWith2() throws {
    for arguments in [["serv"], ["serve", "--loops", "0"], ["check", "--nope"]] {
      let run = try Finished.run(TestPaths.drawbridge, arguments)
      #expect(run.status == 2, "\(arguments): \(run.errors)")
      #expect(!run.errors.isEmpty)
    }
    let missing = try Finished.run(TestPaths.drawbridge, ["serve", "-c", "/nonexistent/drawbridge.yaml"])
    #expect(missing.status == 2)
    #expect(missing.errors.contains("/nonexistent/drawbridge.yaml"))
    #expect(try Finished.run(TestPaths.drawbridge, ["--version"]).status == 0)
  }
}

/// `drawbridge idl expand` as a process.
@Suite struct IDLExpandTests {
  private static let robot = TestPaths.package.appending(path: "Tests/IDLSchemaTests/Corpus/robot.idl").path

  @Test func printsTheImpliedTypes() throws {
    let run = try Finished.run(
      TestPaths.drawbridge, ["idl", "expand", Self.robot, "--interface", "robot::RobotControl"])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("const long RobotControl_command_Hash = -22164451;"))
    #expect(run.output.hasSuffix("};\n"))
  }

  @Test func printsWhatTheOptionsSay() throws {
    let run = try Finished.run(
      TestPaths.drawbridge,
      [
        "idl", "expand", Self.robot, "--interface", "robot::RobotControl", "--service", "Mine",
        "--extensibility",
        "xtypes", "--types", "appendable", "--exception-hash", "unqualified",
      ])
    #expect(run.status == 0, "\(run.errors)")
    for text in [
      "requests on robot_RobotControl_Mine_Request", "@appendable @nested union RobotControl_Call",
      "@final @topic struct RobotControl_Request", "@appendable @nested struct Status",
      "RobotControl_robot_TooFast_Ex_Hash = -1861167746;",
    ] { #expect(run.output.contains(text), "\(text)\n\(run.output)") }
  }

  @Test(arguments: [
    (["--interface", "robot::RobotControl", "--types", "open"], "is none of final"),
    (["--interface", "robot::RobotContrl"], "did you mean 'robot::RobotControl'?"),
    (
      ["--interface", "robot::RobotControl", "--dialect", "fastdds-3"],
      "Cyclone DDS 0.10 can read but not write"
    ),
    (
      ["--interface", "robot::RobotControl", "--dialect", "eprosima-rpc"],
      "robot::RobotControl_Service_Request"
    ),
    (["--interface", "x", "-D", "string=wstring:"], "expected"),
  ]) func mistakesExitWith2(_ arguments: [String], _ message: String) throws {
    let run = try Finished.run(TestPaths.drawbridge, ["idl", "expand", Self.robot] + arguments)
    #expect(run.status == 2)
    #expect(run.errors.contains(message), "\(run.errors)")
  }
}
