// DDSRPC: OMG DDS-RPC requester and replier over Cyclone DDS.
//
// Owns: dialects, correlation, matching. Nothing of it stands yet; a service with `dds:` is refused by
// `drawbridge check`.
