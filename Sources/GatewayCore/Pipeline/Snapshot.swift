package import RPCCore
package import Routing
package import SchemaModel
package import Transcoding

/// What one configuration is compiled to. Immutable; a reload makes a new one aside and swaps a reference.
package final class Snapshot: Sendable {
  package let router: Router
  /// Parallel to `router.routes`.
  package let routes: [CompiledRoute]
  package let services: [CompiledService]
  package let trailingSlash: TrailingSlash
  /// Nil without a policy.
  package let cors: CORSPolicy?

  init(
    router: Router, routes: [CompiledRoute], services: [CompiledService], trailingSlash: TrailingSlash,
    cors: CORSPolicy?
  ) {
    self.router = router
    self.routes = routes
    self.services = services
    self.trailingSlash = trailingSlash
    self.cors = cors
  }
}

/// One service: its schema, its translator and its backend.
package final class CompiledService: Sendable {
  package let name: String
  package let model: SchemaModel
  package let codec: any BodyCodec
  package let backend: any RPCBackend
  package let methods: [ServiceMethod]
  /// What the backend was made from.
  package let plan: SnapshotBuilder.BackendPlan

  init(
    name: String, model: SchemaModel, codec: any BodyCodec, backend: any RPCBackend, methods: [ServiceMethod],
    plan: SnapshotBuilder.BackendPlan
  ) {
    self.name = name
    self.model = model
    self.codec = codec
    self.backend = backend
    self.methods = methods
    self.plan = plan
  }
}
