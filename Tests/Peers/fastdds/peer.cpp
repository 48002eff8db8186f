// A peer of robot::RobotControl on typed C++ of Fast DDS 2.9: `peer serve DOMAIN [inline | big]` answers until its input
// ends, `peer call DOMAIN [inline | big]` calls each operation and prints what comes. `big`: big-endian samples; `inline`: samples also carry the identity of what they
// answer as inline QoS (0x800f), through Fast DDS's write parameters. Shares no code with Drawbridge; the types are
// written by hand on Fast CDR, after OMG DDS-RPC 1.0, section 7.5.1.
#include <fastcdr/Cdr.h>
#include <fastcdr/FastBuffer.h>
#include <fastdds/dds/domain/DomainParticipant.hpp>
#include <fastdds/dds/domain/DomainParticipantFactory.hpp>
#include <fastdds/dds/publisher/DataWriter.hpp>
#include <fastdds/dds/publisher/Publisher.hpp>
#include <fastdds/dds/subscriber/DataReader.hpp>
#include <fastdds/dds/subscriber/SampleInfo.hpp>
#include <fastdds/dds/subscriber/Subscriber.hpp>
#include <fastdds/dds/topic/TopicDataType.hpp>
#include <fastdds/rtps/common/WriteParams.h>
#include <fastdds/rtps/transport/UDPv4TransportDescriptor.h>
#include <fastrtps/utils/IPLocator.h>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <poll.h>
#include <string>
#include <thread>
#include <unistd.h>

using namespace eprosima::fastdds::dds;
using eprosima::fastcdr::Cdr;
using eprosima::fastcdr::FastBuffer;
namespace rtps = eprosima::fastrtps::rtps;

enum { COMMAND = -22164451, SET_SPEED = 1289593851, GET_SPEED = -1829179668, GET_STATUS = -2104359938 };
enum { TOO_FAST = 1771042172, UNKNOWN_OPERATION = 4 };

struct Identity {
  std::array<uint8_t, 16> writer{};
  int32_t high = 0;
  uint32_t low = 0;

  void write(Cdr &cdr) const { cdr << writer << high << low; }
  void read(Cdr &cdr) { cdr >> writer >> high >> low; }
};

// robot::RobotControl_Request: header, then robot::RobotControl_Call.
struct Request {
  Identity id;
  std::string instance;
  int32_t operation = 0;
  int32_t command = 0;
  float speed = 0;
  uint8_t dummy = 0;

  void write(Cdr &cdr) const {
    id.write(cdr);
    cdr << instance << operation;
    if (operation == COMMAND) cdr << command;
    else if (operation == SET_SPEED) cdr << speed;
    else cdr << dummy;
  }

  void read(Cdr &cdr) {
    id.read(cdr);
    cdr >> instance >> operation;
    if (operation == COMMAND) cdr >> command;
    else if (operation == SET_SPEED) cdr >> speed;
    else cdr >> dummy;
  }
};

// robot::RobotControl_Reply: header, then robot::RobotControl_Return with the operation's result.
struct Reply {
  Identity id;
  int32_t code = 0;
  int32_t operation = 0;
  int32_t result = 0;
  float speed = 0;
  std::string text;
  uint8_t dummy = 0;

  bool isKnown() const {
    return operation == COMMAND || operation == SET_SPEED || operation == GET_SPEED || operation == GET_STATUS;
  }

  void write(Cdr &cdr) const {
    id.write(cdr);
    cdr << code << operation;
    if (isKnown()) cdr << result;
    if (!isKnown() || result != 0 || operation == COMMAND) cdr << dummy;
    else if (operation == GET_STATUS) cdr << text;
    else cdr << speed;
  }

  void read(Cdr &cdr) {
    id.read(cdr);
    cdr >> code >> operation;
    if (code != 0) return;
    if (isKnown()) cdr >> result;
    if (!isKnown() || result != 0 || operation == COMMAND) cdr >> dummy;
    else if (operation == GET_STATUS) cdr >> text;
    else cdr >> speed;
  }
};

static bool isInline = false;
static bool isBigEndian = false;

template <typename Value> class Type : public TopicDataType {
public:
  explicit Type(const char *name) {
    setName(name);
    m_typeSize = 4096;
    m_isGetKeyDefined = false;
  }

  bool serialize(void *data, rtps::SerializedPayload_t *payload) override {
    FastBuffer buffer(reinterpret_cast<char *>(payload->data), payload->max_size);
    Cdr cdr(buffer, isBigEndian ? Cdr::BIG_ENDIANNESS : Cdr::LITTLE_ENDIANNESS, Cdr::DDS_CDR);
    payload->encapsulation = isBigEndian ? CDR_BE : CDR_LE;
    cdr.serialize_encapsulation();
    static_cast<Value *>(data)->write(cdr);
    payload->length = static_cast<uint32_t>(cdr.getSerializedDataLength());
    return true;
  }

  bool deserialize(rtps::SerializedPayload_t *payload, void *data) override {
    try {
      FastBuffer buffer(reinterpret_cast<char *>(payload->data), payload->length);
      Cdr cdr(buffer, Cdr::DEFAULT_ENDIAN, Cdr::DDS_CDR);
      cdr.read_encapsulation();
      static_cast<Value *>(data)->read(cdr);
      return true;
    } catch (const eprosima::fastcdr::exception::Exception &) {
      return false;
    }
  }

  std::function<uint32_t()> getSerializedSizeProvider(void *) override {
    return [this] { return m_typeSize; };
  }
  void *createData() override { return new Value(); }
  void deleteData(void *data) override { delete static_cast<Value *>(data); }
  bool getKey(void *, rtps::InstanceHandle_t *, bool) override { return false; }
};

static DomainParticipant *join(uint32_t domain) {
  DomainParticipantQos qos;
  auto transport = std::make_shared<eprosima::fastdds::rtps::UDPv4TransportDescriptor>();
  transport->interfaceWhiteList.push_back("127.0.0.1");
  transport->maxInitialPeersRange = 100;
  qos.transport().use_builtin_transports = false;
  qos.transport().user_transports.push_back(transport);
  auto &builtin = qos.wire_protocol().builtin;
  rtps::Locator_t peer;
  rtps::IPLocator::setIPv4(peer, "127.0.0.1");
  builtin.initialPeersList.push_back(peer);
  builtin.discovery_config.leaseDuration = eprosima::fastrtps::Duration_t(2, 0);
  builtin.discovery_config.leaseDuration_announcementperiod = eprosima::fastrtps::Duration_t(0, 500000000);
  return DomainParticipantFactory::get_instance()->create_participant(domain, qos);
}

template <typename Value> static Topic *topic(DomainParticipant *participant, const char *type, const char *name) {
  TypeSupport(new Type<Value>(type)).register_type(participant);
  return participant->create_topic(name, type, TOPIC_QOS_DEFAULT);
}

struct Endpoints {
  DataReader *reader;
  DataWriter *writer;
};

static Endpoints endpoints(DomainParticipant *participant, Topic *read, Topic *written) {
  DataReaderQos reader = DATAREADER_QOS_DEFAULT;
  reader.reliability().kind = RELIABLE_RELIABILITY_QOS;
  reader.durability().kind = VOLATILE_DURABILITY_QOS;
  reader.history().kind = KEEP_ALL_HISTORY_QOS;
  DataWriterQos writer = DATAWRITER_QOS_DEFAULT;
  writer.reliability().kind = RELIABLE_RELIABILITY_QOS;
  writer.durability().kind = VOLATILE_DURABILITY_QOS;
  writer.history().kind = KEEP_ALL_HISTORY_QOS;
  writer.publish_mode().kind = SYNCHRONOUS_PUBLISH_MODE;
  DataWriter *made = participant->create_publisher(PUBLISHER_QOS_DEFAULT)->create_datawriter(written, writer);
  return {participant->create_subscriber(SUBSCRIBER_QOS_DEFAULT)->create_datareader(read, reader), made};
}

static void send(DataWriter *writer, void *sample, const rtps::SampleIdentity &related) {
  if (isInline) {
    rtps::WriteParams parameters;
    parameters.related_sample_identity(related);
    writer->write(sample, parameters);
  } else {
    writer->write(sample);
  }
}

static Reply answer(const Request &request) {
  static float speed = 0;
  Reply reply;
  reply.id = request.id;
  reply.operation = request.operation;
  switch (request.operation) {
  case COMMAND:
    if (request.command == 1) speed = 0;
    break;
  case SET_SPEED:
    if (request.speed > 10) reply.result = TOO_FAST;
    else reply.speed = speed = request.speed;
    break;
  case GET_SPEED: reply.speed = speed; break;
  case GET_STATUS: {
    char text[64];
    snprintf(text, sizeof(text), "Fast DDS running at %g", speed);
    reply.text = text;
    break;
  }
  default:
    reply.code = UNKNOWN_OPERATION;
    reply.operation = -1;
  }
  return reply;
}

static void serve(DomainParticipant *participant) {
  Topic *requests = topic<Request>(participant, "robot::RobotControl_Request", "robot_RobotControl_Service_Request");
  Topic *replies = topic<Reply>(participant, "robot::RobotControl_Reply", "robot_RobotControl_Service_Reply");
  const Endpoints ends = endpoints(participant, requests, replies);
  printf("ready\n");
  fflush(stdout);
  pollfd input = {STDIN_FILENO, POLLIN, 0};
  char rest[64];
  while (poll(&input, 1, 0) == 0 || read(STDIN_FILENO, rest, sizeof(rest)) > 0) {
    ends.reader->wait_for_unread_message(eprosima::fastrtps::Duration_t(0, 50000000));
    Request request;
    SampleInfo info;
    while (ends.reader->take_next_sample(&request, &info) == ReturnCode_t::RETCODE_OK) {
      if (!info.valid_data) continue;
      Reply reply = answer(request);
      send(ends.writer, &reply, info.sample_identity);
    }
  }
}

static void print(const Reply &reply) {
  if (reply.code != 0) printf("code %d\n", reply.code);
  else if (reply.operation == COMMAND) printf("command %d\n", reply.result);
  else if (reply.operation == SET_SPEED) printf("setSpeed %d %g\n", reply.result, reply.speed);
  else if (reply.operation == GET_SPEED) printf("getSpeed %g\n", reply.speed);
  else if (reply.operation == GET_STATUS) printf("getStatus %s\n", reply.text.c_str());
  else printf("operation %d\n", reply.operation);
}

static void call(DomainParticipant *participant) {
  Topic *requests = topic<Request>(participant, "robot::RobotControl_Request", "robot_RobotControl_Service_Request");
  Topic *replies = topic<Reply>(participant, "robot::RobotControl_Reply", "robot_RobotControl_Service_Reply");
  const Endpoints ends = endpoints(participant, replies, requests);
  SubscriptionMatchedStatus writers;
  PublicationMatchedStatus readers;
  for (int i = 0; i < 2000 && (writers.current_count == 0 || readers.current_count == 0); i++) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ends.reader->get_subscription_matched_status(writers);
    ends.writer->get_publication_matched_status(readers);
  }
  static const struct { int32_t operation; float speed; } calls[] = {
      {COMMAND, 0}, {SET_SPEED, 3.5f}, {GET_SPEED, 0}, {SET_SPEED, 99}, {GET_STATUS, 0}, {12345, 0}};
  Request request;
  memcpy(request.id.writer.data(), ends.writer->guid().guidPrefix.value, 12);
  memcpy(request.id.writer.data() + 12, ends.writer->guid().entityId.value, 4);
  request.command = 1;
  for (const auto &one : calls) {
    request.id.low++;
    request.operation = one.operation;
    request.speed = one.speed;
    rtps::SampleIdentity own;
    own.writer_guid(ends.writer->guid());
    own.sequence_number(rtps::SequenceNumber_t(0, request.id.low));
    send(ends.writer, &request, own);
    bool isAnswered = false;
    for (int i = 0; i < 200 && !isAnswered; i++) {
      ends.reader->wait_for_unread_message(eprosima::fastrtps::Duration_t(0, 50000000));
      Reply reply;
      SampleInfo info;
      while (!isAnswered && ends.reader->take_next_sample(&reply, &info) == ReturnCode_t::RETCODE_OK) {
        isAnswered = info.valid_data && reply.id.low == request.id.low;
        if (isAnswered) print(reply);
      }
    }
    if (!isAnswered) printf("nothing\n");
  }
}

int main(int count, char **arguments) {
  if (count < 3) return 2;
  isBigEndian = count > 3 && strcmp(arguments[3], "big") == 0;
  isInline = count > 3 && strcmp(arguments[3], "inline") == 0;
  DomainParticipant *participant = join(static_cast<uint32_t>(atoi(arguments[2])));
  if (participant == nullptr) return 1;
  if (strcmp(arguments[1], "serve") == 0) serve(participant);
  else if (strcmp(arguments[1], "call") == 0) call(participant);
  else return 2;
  participant->delete_contained_entities();
  DomainParticipantFactory::get_instance()->delete_participant(participant);
  return 0;
}
