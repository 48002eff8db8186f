import Testing

@testable import DDSRPC

@Suite(.serialized) struct NetworkTests {
  @Test func loopback() {
    #expect(
      DDSNetwork.loopback(domain: 3, lease: .seconds(2)).configuration() == """
        <CycloneDDS><Domain Id="any"><General><Interfaces><NetworkInterface name="lo" multicast="false"/></Interfaces>\
        <AllowMulticast>false</AllowMulticast></General><Discovery><ParticipantIndex>auto</ParticipantIndex>\
        <MaxAutoParticipantIndex>100</MaxAutoParticipantIndex><LeaseDuration>2000 ms</LeaseDuration>\
        <Peers><Peer address="127.0.0.1"/></Peers></Discovery><Internal><Watermarks><WhcHigh>4194304 B</WhcHigh>\
        <WhcHighInit>4194304 B</WhcHighInit></Watermarks><MaxSampleSize>67108864 B</MaxSampleSize></Internal>\
        </Domain></CycloneDDS>
        """)
  }

  /// What somebody writes into a name stays a name.
  @Test func textIsEscaped() {
    let network = DDSNetwork(interface: "eth0\"/><x a='$HOME", peers: ["a&b"], cycloneXML: "<Domain/>")
    let configuration = network.configuration(environment: "file:///etc/cyclone.xml")
    #expect(configuration.hasPrefix("file:///etc/cyclone.xml,<CycloneDDS>"))
    #expect(configuration.hasSuffix("</CycloneDDS>,<Domain/>"))
    #expect(configuration.contains("name=\"eth0&#34;/&#62;&#60;x a=&#39;&#36;HOME\""))
    #expect(configuration.contains("address=\"a&#38;b\""))
  }

  @Test(arguments: [("lo", "name"), ("10.0.0.1", "address"), ("fe80::1", "address"), ("eth0.100", "name")])
  func interfacesByNameOrAddress(_ text: String, _ attribute: String) {
    #expect(
      DDSNetwork(interface: text).configuration().contains("<NetworkInterface \(attribute)=\"\(text)\"/>"))
  }

  /// Cyclone's own reading of each element: it warns of what it does not know, and refuses bad values.
  @Test func cycloneTakesIt() throws {
    var network = freshNetwork()
    network.cycloneXML =
      "<CycloneDDS><Domain Id=\"any\"><Tracing><Verbosity>none</Verbosity></Tracing></Domain></CycloneDDS>"
    let domain = try SharedDomain.open(network)
    let again = try SharedDomain.open(network)
    #expect(domain === again)
    var other = network
    other.lease = .seconds(9)
    #expect(throws: DDSError.self) { try SharedDomain.open(other) }
    again.close()
    #expect(throws: DDSError.self) { try SharedDomain.open(other) }
    domain.close()
    let reopened = try SharedDomain.open(other)
    reopened.close()
  }

  @Test func whatCycloneRefuses() {
    var network = freshNetwork()
    network.cycloneXML =
      "<CycloneDDS><Domain><General><NoSuchThing>1</NoSuchThing></General></Domain></CycloneDDS>"
    #expect(throws: DDSError.self) { try SharedDomain.open(network) }
    network.cycloneXML = nil
    network.interface = "nonesuch0"
    #expect(throws: DDSError.self) { try SharedDomain.open(network) }
    network.interface = "lo"
    #expect(throws: Never.self) { try SharedDomain.open(network).close() }
  }
}
