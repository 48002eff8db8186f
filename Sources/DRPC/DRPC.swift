// DRPC: the control RPC of the DAOS storage system, client and server.
//
// Owns: the wire (envelopes and the two framings), the gateway's client (`DRPCBackend`), and the public library
// surface: `DRPCClient`, `DRPCServer` and what goes through them. No public declaration names a `package` type.
//
// Invariants
// - A client connection carries one call at a time, and every reply is checked against its sequence; whatever
//   breaks framing or sequence closes the connection.
// - Only what a server certainly never saw is sent again.
// - Bodies are not copied on their way out, and once on their way in.
// - Everything of a connection happens on its loop's thread.
//
// Limits: message size (`DRPCSettings.maxRequest`, `maxReply`), connections, queued calls, candidates of a pattern
// (`SocketLocator.maxCandidates`), nesting of unknown groups (`ProtobufFields.groupDepth`).
// The server's stand in `DRPCServer.Limits`.
//
// Files
//   PacketSocket.swift             the system calls of SOCK_SEQPACKET
//   DRPCCaller.swift               who is at the other end
//   Wire/ProtobufFields.swift      the protobuf wire format, as far as the envelopes need it
//   Wire/Envelopes.swift           `Call` and `Response`
//   Wire/DRPCStatus.swift          the `Status` of a `Response`
//   Wire/DRPCFraming.swift         raw, chunked, or to be found out
//   Wire/ChunkHeader.swift         the header of a chunk; what can be wrong with framing
//   Wire/ChunkAssembler.swift      chunks to message
//   Wire/ChunkWriter.swift         message to chunks
//   Wire/MessageSender.swift       one message on its way out
//   Client/ConnectionState.swift   one client connection as a value
//   Client/ClientConnection.swift  the same with a socket
//   Client/SocketPool.swift        the connections of one loop to one socket, and the calls that wait
//   Client/PendingCall.swift       one call from acceptance to outcome
//   Client/CallOutcome.swift       what became of it
//   Client/CallQueue.swift         calls that wait
//   Client/ReconnectDelay.swift    the pause between attempts to connect
//   Client/SocketEndpoint.swift    what the loops share: queue budget, readiness
//   Client/SocketLocator.swift     patterns, connecting, and why that failed
//   Client/DRPCSettings.swift      a service's settings
//   Client/ClientCore.swift        all pools of a service
//   Client/DRPCBackend.swift       the gateway's port
//   Client/DRPCClient.swift        the public client
//   Server/DRPCServer.swift        the public server
//   Server/DRPCModule.swift        modules, methods, handlers
//   Server/ServerLoop.swift        accepts, and keeps account of connections
//   Server/ServerConnection.swift  one connection with a socket
//   Server/ServerConnectionState.swift  the same as a value: framing detection, packets to calls
//   Server/ListeningSocket.swift   the socket file
