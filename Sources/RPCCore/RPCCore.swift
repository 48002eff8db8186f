// RPCCore: the port between the gateway and what it calls.
//
// Owns: `RPCBackend`, what goes through it (`RPCCall`, reply bodies, `RPCStatus`) and `Deadline`.
//
// Invariants
// - Bodies are bytes in the backend's wire form. Nothing here knows JSON, HTTP, protobuf or CDR.
// - A call ends with exactly one `RPCStatus`. `sent` says whether the backend may have seen it; a client may
//   retry safely only what was not sent.
// - Bodies reach the sink before the status, in order, on the caller's executor.
//
// This port is frozen: a change needs a line in CHANGELOG.md.
//
// Files
//   RPCBackend.swift  the port, calls, sinks, readiness
//   RPCCaller.swift   who waits without a task
//   RPCStatus.swift   outcomes
//   Deadline.swift    when a call ends whatever happens
