// DAOSMessages: the messages of deploy/daos/2.8, as SwiftProtobuf's generator writes them: the stand-in shares no
// protobuf code with the gateway. After a change of those files, make it anew with `make daos-messages`.
//
// Files
//   mgmt.pb.swift  generated from mgmt.proto
//   ctl.pb.swift   generated from ctl.proto
//   srv.pb.swift   generated from srv.proto
