// GatewayCore: what the gateway is, without the libraries that it listens and calls with.
//
// Owns: the configuration, the snapshot that it is compiled to, the request pipeline, the table of problems,
// and the log. It defines the port `HTTPHandler` (whoever speaks HTTP drives it) and uses the port
// `RPCBackend` (whoever carries calls implements it).
//
// Invariants
// - A `Snapshot` is immutable. A request keeps the one it was admitted with.
// - Everything that has a name in a request (path, parameter, field) was turned into an index at load.
// - Every failure leaves as one `Problem`; `StatusMapping` is the only table from statuses to HTTP.
//
// Limits: `LimitsConfiguration`.
//
// Files
//   Configuration/  the file's keys, types, checking (its own list stands in ConfigurationLoader.swift)
//   HTTP/HTTPHandler.swift       the port that an HTTP front drives
//   HTTP/HTTPExchange.swift      one request and its response
//   HTTP/ResponseStream.swift    a response body that is still being made
//   HTTP/HTTPHeaders.swift       the header fields that are read
//   HTTP/LoopContext.swift       what the requests of one loop share
//   HTTP/ContentNegotiation.swift  media types and Accept
//   HTTP/RequestDeadline.swift   Request-Timeout and grpc-timeout
//   Problems/ProblemType.swift   the table of problem types
//   Problems/Problem.swift       one failure and its RFC 9457 body
//   Problems/GoogleStatus.swift  one failure as google.rpc.Status
//   Problems/StatusMapping.swift  RPCStatus to Problem
//   Problems/DAOSCode.swift      DAOS's status numbers
//   Problems/JSONObjectWriter.swift  small JSON objects
//   Pipeline/Gateway.swift       from an admitted request to its answer; failures
//   Pipeline/GatewayAdmission.swift  what the head decides
//   Pipeline/GatewayExtras.swift  what only some routes do with a request
//   Pipeline/ReplyRule.swift     when a call with several replies ends
//   Pipeline/ReplyStream.swift   several replies to a streamed response
//   Pipeline/StreamForm.swift    event streams and lines of JSON
//   Pipeline/Snapshot.swift      what one configuration is compiled to
//   Pipeline/CompiledRoute.swift  one route, ready to run
//   Pipeline/SnapshotBuilder.swift  configuration and schemas to snapshot
//   Pipeline/ServiceSchema.swift  a service's schema files to its types, methods and codecs
//   Pipeline/RouteCompiler.swift  one route of the configuration to its compiled form
//   Pipeline/GuardedMethods.swift  methods that are off unless they are allowed
//   Pipeline/MethodCall.swift    a method called outside of any route
//   Pipeline/Lookup.swift        the call before a route's own, whose reply gives fields
//   Pipeline/LookupCompiler.swift  its names resolved
//   Pipeline/PeerSelector.swift  the server that a path names
//   Pipeline/CORSPolicy.swift    pages of other origins
//   Pipeline/RouteListing.swift  the routes for people and programs
//   Pipeline/Explanation.swift   what would become of a request
//   Pipeline/RouteAnnotations.swift  routes that a schema states
//   Pipeline/RouteExtras.swift   what only some routes do
//   Pipeline/RouteExtrasCompiler.swift  header fields, masks and raw bodies of a route
//   Pipeline/UnconnectedBackend.swift  stands in where nothing is called
//   Starter/StarterConfiguration.swift  a configuration to begin with
//   Starter/StarterText.swift    its lines
//   Starter/RoutePlan.swift      the routes that it proposes
//   Log/Log.swift                log lines
