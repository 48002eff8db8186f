/// Quality of service of a service's four endpoints, as far as IDL or a configuration may change it.
///
/// Source: OMG DDS-RPC 1.0, 7.8 (the defaults); OMG DDS 1.4, 2.2.3.
package struct DDSQoS: Sendable, Equatable {
  package enum Reliability: Sendable { case bestEffort, reliable }
  package enum History: Sendable, Equatable { case keepAll, keepLast(Int32) }
  package enum Durability: Sendable { case volatile, transientLocal, transient, persistent }

  package var reliability = Reliability.reliable
  package var history = History.keepAll
  package var durability = Durability.volatile
  /// Nil: without end.
  package var deadline: Duration?
  package var lifespan: Duration?

  package init() {}
}
