internal import EventLoop

/// How a service's servers are reached.
package struct DDSSettings: Sendable {
  package var network: DDSNetwork
  /// Which instance of the service is meant by calls that name none; empty: any.
  package var instanceName: String
  /// Of readers and writers; empty: the one without a name.
  package var partition: String
  /// How requests are written; replies are read in both.
  package var representation: DDSRepresentation
  /// How long a call waits for a server to be matched.
  package var matchTimeout: Duration
  /// How long a server that has just been matched may take to know of us, if it does not tell.
  package var settle: Duration
  /// Calls at a time, for the whole process; more are refused.
  package var inFlight: Int
  /// Refuse calls while more than one server is matched: each would perform them.
  package var requireSingle: Bool

  package static let defaultMatchTimeout = Duration.seconds(1)
  package static let defaultSettle = Duration.milliseconds(3500)
  package static let defaultInFlight = 1024

  package init(
    network: DDSNetwork, instanceName: String = "", partition: String = "",
    representation: DDSRepresentation = .xcdr1,
    matchTimeout: Duration = defaultMatchTimeout, settle: Duration = defaultSettle,
    inFlight: Int = defaultInFlight, requireSingle: Bool = false
  ) {
    self.network = network
    self.instanceName = instanceName
    self.partition = partition
    self.representation = representation
    self.matchTimeout = matchTimeout
    self.settle = settle
    self.inFlight = inFlight
    self.requireSingle = requireSingle
  }
}
