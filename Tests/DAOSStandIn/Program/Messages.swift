import DAOSMessages
import DRPC
import SwiftProtobuf

extension DRPCRequest {
  /// The request as its message; what cannot be read is answered as a DAOS server does.
  func message<Request: Message>(_: Request.Type = Request.self) throws -> Request {
    do {
      return try Request(serializedBytes: body)
    } catch {
      throw DRPCStatus.failedUnmarshalPayload
    }
  }
}

extension DRPCReply {
  init(_ message: some Message) throws { self.init(body: try message.serializedBytes()) }
}

/// DAOS's own statuses.
enum Status {
  static let noPermission: Int32 = -1001
  static let invalid: Int32 = -1003
  static let nonexistent: Int32 = -1005
  static let protocolError: Int32 = -1014
  static let notReplica: Int32 = -2020
}
