// DDSRPC: OMG DDS-RPC over Cyclone DDS, requester and replier.
//
// Owns: the envelope around requests and replies, matching and correlation, the gateway's requester (`DDSBackend`), and
// the public library surface: `DDSReplier` and what goes through it. No public declaration names a `package` type.
//
// Invariants
// - Nothing is sent unless a server reads requests and we read its replies: what nobody reads is lost without a word.
// - A call is known to the reply reader before its request leaves: the reply may overtake the return of the write.
// - Of reply, deadline and leaving caller exactly one ends a call; a reply that comes later is counted, not delivered.
// - On Cyclone's thread samples are looked at and copied, and loops woken; nothing else. No lock that it takes is held
//   across a call of Cyclone.
// - The participants of one process that have the same domain are one.
//
// Limits: calls in flight (`DDSSettings.inFlight`), sample size and unacknowledged bytes (`DDSNetwork`), length of instance names
// (`RequestEnvelope.maxInstanceName`), peers looked at (`Peer.limit`, `TopicCensus.limit`), strings that handlers
// read (`CDRReader.maxString`). The replier's stand in `DDSReplier.Limits`.
//
// Files
//   Wire/Encapsulation.swift          the four bytes before a sample
//   Wire/CDRCursor.swift              a place in a sample
//   Wire/CDRReader.swift              members of types written by hand, reading
//   Wire/CDRWriter.swift              the same, writing
//   Wire/CDRError.swift               what can be wrong with bytes
//   Wire/SampleIdentity.swift         which sample of which writer
//   Wire/RequestEnvelope.swift        what stands before parameters
//   Wire/ReplyEnvelope.swift          what stands before results
//   Wire/DDSRemoteException.swift     why a service did not perform an operation
//   Transport/DDSNetwork.swift        domain and discovery, as Cyclone's configuration
//   Transport/SharedDomain.swift      the participant of a domain
//   Transport/TopicEndpoint.swift     readers and writers of raw CDR
//   Transport/EndpointListener.swift  what Cyclone's thread calls
//   Transport/MatchSignal.swift       what Cyclone's thread leaves behind about matching
//   Transport/TopicCensus.swift       types that others have announced for a topic
//   Transport/DDSError.swift          why something cannot be set up
//   Requester/DDSSettings.swift       a service's settings
//   Requester/DDSBackend.swift        the gateway's port
//   Requester/RequesterEndpoint.swift the topics of one interface, and the wait for servers
//   Requester/PendingRequest.swift    one call from admission to status
//   Requester/ReplyReceiver.swift     replies to calls
//   Requester/ReplyReading.swift      what a reply means
//   Requester/ServerMatch.swift       which servers are ready
//   Requester/MatchDiagnosis.swift    why there is no server
//   Requester/InFlightBound.swift     how many calls at a time
//   Requester/OneShot.swift           a value that several try to give
//   Requester/DDSCounters.swift       what calls came to
//   Replier/DDSReplier.swift          the public service
//   Replier/ReplierNames.swift        topics, types and hashes by name
//   Replier/ReplierLoop.swift         its endpoints, and the loop of its handlers
//   Replier/RequestInbox.swift        requests on their way to the loop
//   Replier/ReplierCounters.swift     what requests came to
