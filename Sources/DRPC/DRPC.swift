// DRPC: DAOS dRPC, client and server.
