package import Routing
package import SchemaModel
package import Transcoding

/// What only some routes do. The others have none, and a request looks at one pointer.
package final class RouteExtras: Sendable {
  /// Header fields that are fields of the request.
  package let requestHeaders: HeaderBinder
  package let responseHeaders: [ResponseHeader]
  /// The field mask that a PATCH makes from its body.
  package let maskField: FieldID?
  /// Bodies may come and go in the wire form.
  package let takesRaw: Bool

  /// A header field of the answer and where its value stands in the reply.
  package struct ResponseHeader: Sendable {
    package let name: String
    package let field: FieldPath
  }

  /// Nil when there is nothing to do.
  init?(
    requestHeaders: HeaderBinder, responseHeaders: [ResponseHeader], maskField: FieldID?, takesRaw: Bool
  ) {
    if requestHeaders.isEmpty, responseHeaders.isEmpty, maskField == nil, !takesRaw { return nil }
    self.requestHeaders = requestHeaders
    self.responseHeaders = responseHeaders
    self.maskField = maskField
    self.takesRaw = takesRaw
  }
}
