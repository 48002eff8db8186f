import Foundation
import RPCCore
import SchemaModel
import Testing

@testable import GatewayCore

/// Methods of DAOS that change state or use the gateway's credentials: off unless allowed by name.
@Suite struct GuardedMethodTests {
  static let service = """
    methods:
      Query:  { id: 2/223, request: pool.Request, response: pool.Reply }
      Create: { id: 2/207, request: pool.Request, response: pool.Reply }
      Creds:  { id: 1/101, response: pool.Reply }
    """

  private func statuses(_ allow: String, _ routes: String = "") async throws -> [Int] {
    let gateway = try TestGateway(Self.service + routes, drpc: "sockets: /nowhere\(allow)")
    var statuses: [Int] = []
    for method in ["Query", "Create", "Creds"] {
      statuses.append(try await gateway.send(TestRequest("POST", "/rpc/engine/\(method)")).status)
    }
    return statuses
  }

  @Test func offMeansThatThereIsNoRoute() async throws {
    #expect(try await statuses("") == [200, 404, 404])
    #expect(try await statuses(", allow: [Create]") == [200, 200, 404])
    #expect(try await statuses(", allow: [1/101, 2/207]") == [200, 200, 200])
    // Routes that the configuration writes as well.
    let routes = "\nroutes: { Query: { post: /rpc/engine/Query }, Create: { post: /rpc/engine/Create } }"
    #expect(try await statuses("", routes) == [200, 404, 404])
    #expect(try await statuses(", allow: [2/207]", routes) == [200, 200, 404])
  }

  @Test func whatIsOffIsSaid() throws {
    var diagnostics = Diagnostics()
    let text = TestGateway.configuration(Self.service, limits: "{}", protobuf: "names: json")
    _ = try TestGateway.build(text, backend: ScriptedBackend { _ in (nil, .ok) }, &diagnostics)
    #expect(diagnostics.all.map(\.severity) == [.note])
    #expect(diagnostics.all.first?.message.contains("off are Create (2/207), Creds (1/101)") == true)
  }

  @Test func anEntryThatAllowsNothingIsAnError() throws {
    do {
      _ = try TestGateway(Self.service, drpc: "sockets: /nowhere, allow: [Creat, 2/208, Query]")
      Issue.record("taken")
    } catch let refused as TestGateway.Refused {
      let errors = refused.diagnostics.filter { $0.contains("[unknown-method]") }
      #expect(errors.count == 3 && errors[0].hasSuffix("did you mean 'Create'?"), "\(refused.diagnostics)")
    }
  }

  /// Every method of docs/daos.md is guarded as the page says.
  @Test func theNumbersAreThoseOfThePage() throws {
    let page = try String(contentsOf: Fixture.root.appending(path: "docs/daos.md"), encoding: .utf8)
    var count = 0
    for line in page.split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      let numbers = cells[0].trimmingCharacters(in: ["`"]).split(separator: "/").compactMap { Int32($0) }
      guard numbers.count == 2, let access = cells.last else { continue }
      let found =
        switch GuardedMethods.reason(module: numbers[0], method: numbers[1]) {
        case nil: "open"
        case .changesState: "changes state"
        case .credentials: "credentials"
        }
      #expect(found == access, "\(line)")
      count += 1
    }
    #expect(count == 58)
  }
}
