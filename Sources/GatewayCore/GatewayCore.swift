// GatewayCore: configuration to snapshot, and the request pipeline between HTTP and a backend.
