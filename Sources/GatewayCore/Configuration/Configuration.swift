package import SchemaModel

/// Everything that one configuration file says, checked: ranges hold, enumerations are known, files are
/// resolved against the folder of the configuration file.
///
/// Names that only a schema can confirm (methods, messages, fields) are kept with their location, so that
/// whoever looks them up can say where the mistake stands.
package struct Configuration: Sendable {
  /// The file as it was named on the command line.
  package var file: String
  package var listen: [ListenAddress]
  package var admin: ListenAddress?
  /// Event loops; nil for one per usable core.
  package var loops: Int?
  package var log: LogConfiguration
  package var limits: LimitsConfiguration
  package var trailingSlash = TrailingSlash.strict
  /// Nil: pages of other origins are answered without leave to read it.
  package var cors: CORSConfiguration?
  /// In the order of the file; names are unique.
  package var services: [ServiceConfiguration]

  package init(
    file: String, listen: [ListenAddress] = [], admin: ListenAddress? = nil, loops: Int? = nil,
    log: LogConfiguration = LogConfiguration(), limits: LimitsConfiguration = LimitsConfiguration(),
    services: [ServiceConfiguration] = []
  ) {
    self.file = file
    self.listen = listen
    self.admin = admin
    self.loops = loops
    self.log = log
    self.limits = limits
    self.services = services
  }
}

/// A text of the configuration that means something elsewhere (a field, a message, a file), and where it stands.
package struct Located: Sendable {
  package var text: String
  package var location: SourceLocation

  package init(_ text: String, at location: SourceLocation) {
    self.text = text
    self.location = location
  }
}

/// What `/a/` means where only `/a` has a route.
package enum TrailingSlash: String, Sendable, CaseIterable {
  /// A path of its own: 404.
  case strict
  /// The same.
  case ignore
  /// 308 to `/a`.
  case redirect
}

/// What goes to the log and how.
package struct LogConfiguration: Sendable, Equatable {
  package enum Format: String, Sendable, CaseIterable { case json, text }
  package enum Level: String, Sendable, CaseIterable { case debug, info, warning, error }

  package var format: Format = .json
  /// One line per request.
  package var access: Bool = true
  package var level: Level = .info

  package init() {}
}
