import Foundation
import RPCCore
import Routing
import SchemaModel
import TestSupport
import Testing
import Transcoding

@testable import GatewayCore

/// Tests/Sentences without a server: routing, binding and translation, with a backend that gives back what it gets.
@Suite struct SentenceTests {
  @Test(arguments: try SentenceTable.names()) func everySentenceHolds(_ name: String) async throws {
    let table = try SentenceTable(name)
    let isIDL = table.configuration.contains("idl:")
    let gateway = try Self.gateway(table, isIDL: isIDL)
    var faults: [String] = []
    for row in table.rows { faults += try await Self.answer(gateway, row).faults(row) }
    #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
  }

  private static func gateway(_ table: SentenceTable, isIDL: Bool) throws -> Gateway {
    let folder = try SentenceSchema.folder.get()
    var diagnostics = Diagnostics()
    let configuration = try #require(
      ConfigurationLoader.load(
        text: table.configuration, path: folder.appending(path: "c.yaml").path,
        environment: ["SOCKET": "/nowhere", "DOMAIN": "0"], diagnostics: &diagnostics), "\(diagnostics.all)")
    let backend = EchoBackend(prefix: isIDL ? [0, 1, 0, 0] : [])
    let snapshot = try #require(
      SnapshotBuilder.build(configuration, diagnostics: &diagnostics) { _, _ in backend },
      "\(diagnostics.all)")
    var silent = LogConfiguration()
    silent.access = false
    return Gateway(snapshot: snapshot, log: Log(silent), limits: configuration.limits)
  }

  private static func answer(_ gateway: Gateway, _ row: SentenceTable.Row) async throws -> SentenceAnswer {
    var request = TestRequest(row.method, row.target, row.headers)
    request.announcesBody = !row.body.isEmpty
    let exchange = try request.exchange()
    let source = HeaderList(row.headers)
    exchange.front = source
    if case .proceed = gateway.admit(exchange) {
      exchange.input.body += row.body
      await gateway.answered(exchange)
    }
    withExtendedLifetime(source) {}
    let response = exchange.response
    var headers = response.chosenHeaders
    response.forEachHeader { headers.append((name: "\($0)", value: $1)) }
    // A front sends no body in answer to HEAD.
    return SentenceAnswer(
      status: response.status, headers: headers,
      body: row.method == "HEAD" ? [] : response.body,
      route: exchange.routeName.split(separator: ".").last.map(String.init))
  }
}

/// Header fields as a front would find them.
private final class HeaderList: HTTPExchangeFront {
  private let headers: [(name: String, value: String)]

  init(_ headers: [(name: String, value: String)]) { self.headers = headers }

  func headerValues(named name: String) -> [[UInt8]] {
    headers.filter { $0.name.lowercased() == name.lowercased() }
      .map { Array($0.value.trimmingCharacters(in: .whitespaces).utf8) }
  }

  func answered(_ exchange: HTTPExchange) {}
  func streamBegins(_ exchange: HTTPExchange) {}
  func streamChanged(_ stream: ResponseStream) {}
}

/// Gives each request back as the reply.
private final class EchoBackend: RPCBackend {
  private let prefix: [UInt8]

  init(prefix: [UInt8]) { self.prefix = prefix }

  func call(_ call: RPCCall, sink: any ReplySink) async -> RPCStatus {
    sink.receive(ReplyBody(call.body, start: prefix.count))
    return .ok
  }

  func requestPrefix(for method: MethodID, target: RPCTarget) -> [UInt8] { prefix }

  var readiness: Readiness { .ready }

  func shutDown(by deadline: Deadline) async {}
}

/// The schemas of Tests/Sentences in a folder of their own.
enum SentenceSchema {
  static let folder: Result<URL, any Error> = Result {
    let folder = try folderUntilExit()
    try FileManager.default.copyItem(
      at: SentenceTable.folder.appending(path: "sentences.idl"), to: folder.appending(path: "sentences.idl"))
    let run = try Finished.run(
      "/usr/bin/env",
      [
        "protoc", "--proto_path=\(SentenceTable.folder.path)", "--include_imports",
        "--descriptor_set_out=\(folder.appending(path: "sentences.binpb").path)", "sentences.proto",
      ])
    guard run.status == 0 else { throw ProtocFailed(errors: run.errors) }
    return folder
  }

  private struct ProtocFailed: Error { let errors: String }
}
