// Routing: path templates, the route trie, and what a URL binds.
//
// Owns: the grammar of `google.api.http` templates; the lookup of a route by method and raw path; decoding of
// path and query into `BoundFields`.
//
// Invariants
// - Paths are matched as they came. Percent-encoding is undone once, after the match, for captured values only.
// - Literal beats one segment (`{x}`, `*`) beats the rest (`**`) at each segment; two routes that take the same
//   requests are a load-time error. A walk visits a trie node at most once.
// - What a URL names is resolved to field ids by tables made at load; no `String` on the way of a request.
// - Whatever stands in a URL ends in a value of `RouteMatch` or in a `BindingError`, never in a trap.
//
// Limits: `PathTemplate.maxSegments`; `QueryBinder` takes its number of parameters from the configuration.
//
// Files
//   HTTPMethod.swift          methods
//   PathTemplate.swift        what a template says; printing
//   PathTemplateParser.swift  the grammar and its parser
//   Router.swift              lookup: method and path to route and captures
//   RouteTrie.swift           the frozen tree and its walk
//   RouteTrieBuilder.swift    routes into the tree
//   PathSegments.swift        splitting and checking a raw path
//   PercentEncoding.swift     %XX
//   FieldNames.swift          names of fields as hash tables over bytes
//   FieldLookup.swift         dotted names in routes and configuration
//   PathVariable.swift        one captured variable
//   PathBinder.swift          captured variables to fields
//   QueryBinder.swift         parameters to fields
//   QueryPlaces.swift         elements and entries that parameters name
//   ConstantBinder.swift      `set` and `default` to fields
//   HeaderBinder.swift        header fields to fields
//   BindingError.swift        what a URL can do wrong
