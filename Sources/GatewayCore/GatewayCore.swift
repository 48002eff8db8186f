// GatewayCore: configuration to snapshot, and the request pipeline between HTTP and a backend.
//
// Files
//   Configuration/Configuration.swift                everything that one file says, checked
//   Configuration/ServiceConfiguration.swift         one service
//   Configuration/DRPCServiceConfiguration.swift     its `drpc:`
//   Configuration/ProtobufSchemaConfiguration.swift  its `protobuf:`
//   Configuration/RouteConfiguration.swift           one route
//   Configuration/ListenAddress.swift                where to listen
//   Configuration/LimitsConfiguration.swift          bounds of the HTTP side
