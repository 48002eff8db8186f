// What the peers on Fast DDS 2.9 share: a participant of this host, endpoints, and types that write themselves on Fast CDR.
// Shares no code with Drawbridge.
#pragma once
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
#include <fastdds/rtps/transport/ChainingTransport.h>
#include <fastdds/rtps/transport/UDPv4TransportDescriptor.h>
#include <fastrtps/utils/IPLocator.h>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <functional>
#include <poll.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace eprosima::fastdds::dds;
using eprosima::fastcdr::Cdr;
using eprosima::fastcdr::FastBuffer;
namespace rtps = eprosima::fastrtps::rtps;

// Samples also carry the identity of what they answer as inline QoS, through Fast DDS's write parameters: 0x800f.
static bool isInline = false;
// The same parameter under the number of OMG DDS-RPC, 0x0083, which Fast DDS 2.9 does not write.
static bool isRenumbered = false;
static bool isBigEndian = false;

struct Identity {
  std::array<uint8_t, 16> writer{};
  int32_t high = 0;
  uint32_t low = 0;

  void write(Cdr &cdr) const { cdr << writer << high << low; }
  void read(Cdr &cdr) { cdr >> writer >> high >> low; }
};

template <typename Value> class Type : public TopicDataType {
public:
  Type(const char *name, uint32_t size) {
    setName(name);
    m_typeSize = size;
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

// Changes the number of the inline parameter in packets that leave.
class Renumbering : public eprosima::fastdds::rtps::ChainingTransport {
public:
  explicit Renumbering(eprosima::fastdds::rtps::ChainingTransportDescriptor *of) : ChainingTransport(*of), origin(of) {}
  eprosima::fastdds::rtps::TransportDescriptorInterface *get_configuration() override { return origin; }

  bool send(
      rtps::SenderResource *sender, const rtps::octet *bytes, uint32_t count,
      eprosima::fastdds::rtps::LocatorsIterator *begin, eprosima::fastdds::rtps::LocatorsIterator *end,
      const std::chrono::steady_clock::time_point &timeout) override {
    std::vector<rtps::octet> packet(bytes, bytes + count);
    size_t next = 20;
    while (next + 8 <= packet.size()) {
      const size_t here = next;
      const bool isLittle = packet[here + 1] & 1;
      const size_t length = number(packet, here + 2, isLittle);
      next = length == 0 ? packet.size() : here + 4 + length;
      if (packet[here] != 0x15 || !(packet[here + 1] & 2)) continue;
      size_t parameter = here + 8 + number(packet, here + 6, isLittle);
      while (parameter + 4 <= packet.size() && number(packet, parameter, isLittle) != 1) {
        if (number(packet, parameter, isLittle) == 0x800f) {
          packet[parameter + (isLittle ? 0 : 1)] = 0x83;
          packet[parameter + (isLittle ? 1 : 0)] = 0x00;
        }
        parameter += 4 + number(packet, parameter + 2, isLittle);
      }
    }
    return sender->send(packet.data(), count, begin, end, timeout);
  }

  void receive(
      eprosima::fastdds::rtps::TransportReceiverInterface *next, const rtps::octet *bytes, uint32_t count,
      const rtps::Locator_t &local, const rtps::Locator_t &remote) override {
    next->OnDataReceived(bytes, count, local, remote);
  }

private:
  eprosima::fastdds::rtps::ChainingTransportDescriptor *origin;

  static size_t number(const std::vector<rtps::octet> &packet, size_t at, bool isLittle) {
    return isLittle ? packet[at] | packet[at + 1] << 8 : packet[at + 1] | packet[at] << 8;
  }
};

struct RenumberingDescriptor : eprosima::fastdds::rtps::ChainingTransportDescriptor {
  using ChainingTransportDescriptor::ChainingTransportDescriptor;
  eprosima::fastdds::rtps::TransportInterface *create_transport() const override {
    return new Renumbering(const_cast<RenumberingDescriptor *>(this));
  }
};

static DomainParticipant *join(uint32_t domain) {
  DomainParticipantQos qos;
  auto transport = std::make_shared<eprosima::fastdds::rtps::UDPv4TransportDescriptor>();
  transport->interfaceWhiteList.push_back("127.0.0.1");
  transport->maxInitialPeersRange = 100;
  qos.transport().use_builtin_transports = false;
  if (isRenumbered) qos.transport().user_transports.push_back(std::make_shared<RenumberingDescriptor>(transport));
  else qos.transport().user_transports.push_back(transport);
  auto &builtin = qos.wire_protocol().builtin;
  rtps::Locator_t peer;
  rtps::IPLocator::setIPv4(peer, "127.0.0.1");
  builtin.initialPeersList.push_back(peer);
  builtin.discovery_config.leaseDuration = eprosima::fastrtps::Duration_t(2, 0);
  builtin.discovery_config.leaseDuration_announcementperiod = eprosima::fastrtps::Duration_t(0, 500000000);
  return DomainParticipantFactory::get_instance()->create_participant(domain, qos);
}

static void leave(DomainParticipant *participant) {
  participant->delete_contained_entities();
  DomainParticipantFactory::get_instance()->delete_participant(participant);
}

// `size`: of the largest sample.
template <typename Value>
static Topic *topic(DomainParticipant *participant, const char *type, const char *name, uint32_t size = 4096) {
  TypeSupport(new Type<Value>(type, size)).register_type(participant);
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

static void awaitServer(const Endpoints &ends) {
  SubscriptionMatchedStatus writers;
  PublicationMatchedStatus readers;
  for (int i = 0; i < 2000 && (writers.current_count == 0 || readers.current_count == 0); i++) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ends.reader->get_subscription_matched_status(writers);
    ends.writer->get_publication_matched_status(readers);
  }
}

static std::atomic<bool> isEnding{false};

// Answers what comes until the input ends or SIGTERM comes.
template <typename Request, typename Reply>
static void serve(const std::vector<std::pair<Endpoints, std::function<bool(const Request &, Reply &)>>> &services) {
  printf("ready\n");
  fflush(stdout);
  pollfd input = {STDIN_FILENO, POLLIN, 0};
  char rest[64];
  signal(SIGTERM, [](int) { isEnding = true; });
  while (!isEnding && (poll(&input, 1, 0) <= 0 || read(STDIN_FILENO, rest, sizeof(rest)) > 0)) {
    for (const auto &[ends, answer] : services) {
      ends.reader->wait_for_unread_message(eprosima::fastrtps::Duration_t(0, 50000000 / services.size()));
      Request request;
      SampleInfo info;
      while (ends.reader->take_next_sample(&request, &info) == ReturnCode_t::RETCODE_OK) {
        Reply reply;
        if (info.valid_data && answer(request, reply)) send(ends.writer, &reply, info.sample_identity);
      }
    }
  }
}

// Sends a request and returns whether its reply, by the number in the reply's header, comes in ten seconds.
template <typename Request, typename Reply>
static bool ask(const Endpoints &ends, Request &request, Reply &reply) {
  rtps::SampleIdentity own;
  own.writer_guid(ends.writer->guid());
  own.sequence_number(rtps::SequenceNumber_t(0, request.id.low));
  send(ends.writer, &request, own);
  for (int i = 0; i < 200; i++) {
    ends.reader->wait_for_unread_message(eprosima::fastrtps::Duration_t(0, 50000000));
    SampleInfo info;
    while (ends.reader->take_next_sample(&reply, &info) == ReturnCode_t::RETCODE_OK)
      if (info.valid_data && reply.id.low == request.id.low) return true;
  }
  return false;
}

static void setWriter(Identity &id, const DataWriter *writer) {
  memcpy(id.writer.data(), writer->guid().guidPrefix.value, 12);
  memcpy(id.writer.data() + 12, writer->guid().entityId.value, 4);
}
