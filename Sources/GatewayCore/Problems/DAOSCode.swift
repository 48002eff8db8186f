/// A status of DAOS, as its replies carry it: 0 or a negative number.
package struct DAOSCode: Sendable, Equatable {
  package let number: Int32
  package let name: String
  package let text: String
}

extension DAOSCode {
  /// Finds a code by number; for numbers that DAOS 2.8 does not define, a code that says so.
  package init(number: Int32) {
    self = Self.byNumber[number] ?? DAOSCode(number: number, name: "DER_UNKNOWN", text: "Unknown error")
  }

  package static func named(_ name: String) -> DAOSCode? { all.first { $0.name == name } }

  private static let byNumber = Dictionary(uniqueKeysWithValues: all.map { ($0.number, $0) })

  /// The codes of DAOS 2.6 and 2.8 (`daos_errno.h`, `gurt/errno.h`).
  package static let all: [DAOSCode] = [
    DAOSCode(number: -1001, name: "DER_NO_PERM", text: "Operation not permitted"),
    DAOSCode(number: -1002, name: "DER_NO_HDL", text: "Invalid handle"),
    DAOSCode(number: -1003, name: "DER_INVAL", text: "Invalid parameters"),
    DAOSCode(number: -1004, name: "DER_EXIST", text: "Entity already exists"),
    DAOSCode(number: -1005, name: "DER_NONEXIST", text: "The specified entity does not exist"),
    DAOSCode(number: -1006, name: "DER_UNREACH", text: "Unreachable node"),
    DAOSCode(number: -1007, name: "DER_NOSPACE", text: "No space on storage target"),
    DAOSCode(number: -1008, name: "DER_ALREADY", text: "Operation already performed"),
    DAOSCode(number: -1009, name: "DER_NOMEM", text: "Out of memory"),
    DAOSCode(number: -1010, name: "DER_NOSYS", text: "Function not implemented"),
    DAOSCode(number: -1011, name: "DER_TIMEDOUT", text: "Time out"),
    DAOSCode(number: -1012, name: "DER_BUSY", text: "Device or resource busy"),
    DAOSCode(number: -1013, name: "DER_AGAIN", text: "Try again"),
    DAOSCode(number: -1014, name: "DER_PROTO", text: "Incompatible protocol"),
    DAOSCode(number: -1015, name: "DER_UNINIT", text: "Device or resource not initialized"),
    DAOSCode(number: -1016, name: "DER_TRUNC", text: "Buffer too short"),
    DAOSCode(number: -1017, name: "DER_OVERFLOW", text: "Data too long for defined data type or buffer size"),
    DAOSCode(number: -1018, name: "DER_CANCELED", text: "Operation canceled"),
    DAOSCode(number: -1019, name: "DER_OOG", text: "Out of group or member list"),
    DAOSCode(number: -1020, name: "DER_HG", text: "Transport layer mercury error"),
    DAOSCode(number: -1021, name: "DER_UNREG", text: "RPC or protocol version not registered"),
    DAOSCode(number: -1022, name: "DER_ADDRSTR_GEN", text: "Failed to generate an address string"),
    DAOSCode(number: -1023, name: "DER_PMIX", text: "PMIx layer error"),
    DAOSCode(
      number: -1024, name: "DER_IVCB_FORWARD", text: "Incast variable unavailable locally. Must forward"),
    DAOSCode(number: -1025, name: "DER_MISC", text: "Miscellaneous error"),
    DAOSCode(number: -1026, name: "DER_BADPATH", text: "Bad path name"),
    DAOSCode(number: -1027, name: "DER_NOTDIR", text: "Not a directory"),
    DAOSCode(number: -1028, name: "DER_CORPC_INCOMPLETE", text: "Collective RPC failed"),
    DAOSCode(number: -1029, name: "DER_NO_RAS_RANK", text: "No rank is subscribed to RAS"),
    DAOSCode(number: -1030, name: "DER_NOTATTACH", text: "Service group not attached"),
    DAOSCode(number: -1031, name: "DER_MISMATCH", text: "Version mismatch"),
    DAOSCode(number: -1032, name: "DER_EXCLUDED", text: "Rank has been excluded"),
    DAOSCode(number: -1033, name: "DER_NOREPLY", text: "User provided RPC handler did not send reply back"),
    DAOSCode(number: -1034, name: "DER_DOS", text: "Denial of service"),
    DAOSCode(number: -1035, name: "DER_BAD_TARGET", text: "Incorrect target for the RPC"),
    DAOSCode(number: -1036, name: "DER_GRPVER", text: "Group versioning mismatch"),
    DAOSCode(number: -1037, name: "DER_HLC_SYNC", text: "HLC synchronization error"),
    DAOSCode(number: -1038, name: "DER_NO_SHMEM", text: "Not enough shared memory free"),
    DAOSCode(number: -1039, name: "DER_ADD_METRIC_FAILED", text: "Failed to add the specified metric"),
    DAOSCode(
      number: -1040, name: "DER_DURATION_MISMATCH", text: "Duration end not paired with duration start"),
    DAOSCode(
      number: -1041, name: "DER_OP_NOT_PERMITTED", text: "Operation not permitted for metric type provided"),
    DAOSCode(number: -1042, name: "DER_EXCEEDS_PATH_LEN", text: "Path name exceeds permitted length"),
    DAOSCode(number: -1043, name: "DER_METRIC_NOT_FOUND", text: "Read failed because metric not found"),
    DAOSCode(
      number: -1044, name: "DER_SHMEM_PERMS",
      text: "Unable to access shared memory segment due to incompatible user or group permissions"),
    DAOSCode(number: -1045, name: "DER_HG_FATAL", text: "Fatal transport layer mercury error"),
    DAOSCode(number: -1046, name: "DER_QUOTA_LIMIT", text: "Quota limit reached"),
    DAOSCode(number: -2001, name: "DER_IO", text: "I / O error"),
    DAOSCode(number: -2002, name: "DER_FREE_MEM", text: "Memory free error"),
    DAOSCode(number: -2003, name: "DER_ENOENT", text: "Entity not found"),
    DAOSCode(number: -2004, name: "DER_NOTYPE", text: "Unknown object type"),
    DAOSCode(number: -2005, name: "DER_NOSCHEMA", text: "Unknown object schema"),
    DAOSCode(number: -2006, name: "DER_NOLOCAL", text: "Object is not local"),
    DAOSCode(number: -2007, name: "DER_STALE", text: "Stale pool map version"),
    DAOSCode(number: -2008, name: "DER_NOTLEADER", text: "Not service leader"),
    DAOSCode(number: -2009, name: "DER_TGT_CREATE", text: "Target create error"),
    DAOSCode(number: -2010, name: "DER_EP_RO", text: "Epoch is read only"),
    DAOSCode(number: -2011, name: "DER_EP_OLD", text: "Epoch is too old. All data have been recycled"),
    DAOSCode(number: -2012, name: "DER_KEY2BIG", text: "Key is too large"),
    DAOSCode(number: -2013, name: "DER_REC2BIG", text: "Record is too large"),
    DAOSCode(number: -2014, name: "DER_IO_INVAL", text: "I / O buffers do not match object extents"),
    DAOSCode(number: -2015, name: "DER_EQ_BUSY", text: "Event queue is busy"),
    DAOSCode(number: -2016, name: "DER_DOMAIN", text: "Domain of cluster component do not match"),
    DAOSCode(number: -2017, name: "DER_SHUTDOWN", text: "Service should shut down"),
    DAOSCode(number: -2018, name: "DER_INPROGRESS", text: "Operation now in progress"),
    DAOSCode(number: -2019, name: "DER_NOTAPPLICABLE", text: "Not applicable"),
    DAOSCode(number: -2020, name: "DER_NOTREPLICA", text: "Not a service replica"),
    DAOSCode(number: -2021, name: "DER_CSUM", text: "Checksum error"),
    DAOSCode(number: -2022, name: "DER_DF_INVAL", text: "Unsupported durable format"),
    DAOSCode(number: -2023, name: "DER_DF_INCOMPT", text: "Incompatible durable format version"),
    DAOSCode(number: -2024, name: "DER_REC_SIZE", text: "Record size error"),
    DAOSCode(number: -2025, name: "DER_TX_RESTART", text: "Transaction should restart"),
    DAOSCode(number: -2026, name: "DER_DATA_LOSS", text: "Data lost or not recoverable"),
    DAOSCode(number: -2027, name: "DER_OP_CANCELED", text: "Operation canceled"),
    DAOSCode(number: -2028, name: "DER_TX_BUSY", text: "TX is not committed"),
    DAOSCode(number: -2029, name: "DER_AGENT_INCOMPAT", text: "Agent is incompatible with libdaos"),
    DAOSCode(number: -2030, name: "DER_NEED_TX", text: "To be handled via distributed transaction"),
    DAOSCode(number: -2031, name: "DER_RF", text: "Failures exceed RF"),
    DAOSCode(number: -2032, name: "DER_FETCH_AGAIN", text: "Fetch again"),
    DAOSCode(number: -2033, name: "DER_TX_UNCERTAIN", text: "TX status is uncertain"),
    DAOSCode(number: -2034, name: "DER_AGENT_COMM", text: "Agent communication error"),
    DAOSCode(number: -2035, name: "DER_ID_MISMATCH", text: "ID mismatch"),
    DAOSCode(number: -2036, name: "DER_TGT_RETRY", text: "Retry with other target"),
    DAOSCode(number: -2037, name: "DER_NOTSUPPORTED", text: "Operation not supported"),
    DAOSCode(
      number: -2038, name: "DER_CONTROL_INCOMPAT",
      text: "One or more control plane components are incompatible"),
    DAOSCode(number: -2039, name: "DER_NO_SERVICE", text: "No service available"),
    DAOSCode(number: -2040, name: "DER_TX_ID_REUSED", text: "TX ID may be reused"),
    DAOSCode(number: -2041, name: "DER_UPDATE_AGAIN", text: "update again"),
    DAOSCode(number: -2042, name: "DER_NVME_IO", text: "NVMe I / O error"),
    DAOSCode(number: -2043, name: "DER_NO_CERT", text: "Unable to access one or more certificates"),
    DAOSCode(number: -2044, name: "DER_BAD_CERT", text: "Invalid x509 certificate"),
    DAOSCode(
      number: -2045, name: "DER_VOS_PARTIAL_UPDATE",
      text: "Same epoch partial overwrite of VOS array value disallowed"),
    DAOSCode(
      number: -2046, name: "DER_CHKPT_BUSY", text: "Page is temporarily read only due to checkpointing"),
    DAOSCode(number: -2047, name: "DER_DIV_BY_ZERO", text: "Division by zero"),
    DAOSCode(number: -2048, name: "DER_OVERLOAD_RETRY", text: "retry later because of overloaded service"),
    DAOSCode(number: -2049, name: "DER_NOT_RESUME", text: "Cannot resume former DAOS check instance"),
    DAOSCode(number: -2050, name: "DER_CONT_NONEXIST", text: "The specified container does not exist"),
    DAOSCode(number: -2051, name: "DER_CONT_DESTROYING", text: "The specified container is being destroyed"),
    DAOSCode(
      number: -2052, name: "DER_IGNORE",
      text: "current item for iteration or something else should be ignored"),
  ]
}
