// DDSRPC: OMG DDS-RPC over Cyclone DDS, requester and replier.
//
// Owns: the envelope around requests and replies, matching and correlation, the gateway's requester (`DDSBackend`), and
// the public library surface: services and clients in both styles of the specification. No public declaration names a
// `package` type.
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
//   Transport/DDSSecurityFiles.swift  identity and permissions
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
//   Requester/ReplyMailbox.swift      replies to one call that takes several
//   Requester/ReplyReading.swift      what a reply means
//   Requester/ServerMatch.swift       which servers are ready
//   Requester/MatchDiagnosis.swift    why there is no server
//   Requester/InFlightBound.swift     how many calls at a time
//   Requester/OneShot.swift           a value that several try to give
//   Requester/DDSCounters.swift       what calls came to
//   Library/DDSDialect.swift          how implementations differ
//   Library/DDSContract.swift         what two sides agree on
//   Library/DDSService.swift          a service in function-call style
//   Library/DDSReplier.swift          a service in request/reply style, on which the other stands
//   Library/DDSClient.swift           a client in function-call style
//   Library/DDSRequester.swift        a client in request/reply style
//   Library/RequesterCore.swift       what both clients are made of
//   Library/DDSCallError.swift        how a call fails
//   Replier/ReplierLoop.swift         its endpoints, and the loop of its handlers
//   Replier/RequestInbox.swift        requests on their way to the loop
//   Replier/ReplierCounters.swift     what requests came to
