// A press that speaks other dialects than the Basic mapping, on typed C++ of Fast DDS 2.9.
//
//   interface Machine { long ping(in long value); };                   // shop::Machine and so on with `rti`
//   exception Jammed { string reason; long code; };
//   exception Empty {};
//   interface Press : Machine {
//     float set(in float force) raises (Jammed, Empty);
//     void stop();
//   };
//
// `dialects serve DOMAIN eprosima` and `dialects serve DOMAIN rti [big] [0083]` answer until their input ends; the second also answers
// the pair of types shop::Order and shop::Bill. `dialects call DOMAIN eprosima` calls each operation and prints what comes.
//
// eprosima: the last four bytes of a name's MD5, big-endian; inherited operations among the others; an exception without members is no
// byte. rti: the first four, little-endian; the unions are the samples; case 0 of the reply's is a remote exception; an exception
// by its unqualified name; no bytes for nothing; inline QoS names the request that is answered.
#include "fast.hpp"

struct Dialect {
  bool isBare;
  int32_t ping, set, stop, jammed, empty;
};

static const Dialect EPROSIMA = {false, -452589198, 363313934, -1045035941, 490705993, -1529299193};
static const Dialect RTI = {true, 18846175, -1158762803, 765147631, -1501032469, -309711666};
static Dialect dialect = EPROSIMA;

enum { UNKNOWN_OPERATION = 4 };

struct Call {
  Identity id;
  std::string instance;
  int32_t operation = 0;
  int32_t value = 0;
  float force = 0;
  uint8_t dummy = 0;

  void write(Cdr &cdr) const {
    id.write(cdr);
    cdr << instance << operation;
    if (operation == dialect.ping) cdr << value;
    else if (operation == dialect.set) cdr << force;
    else cdr << dummy;
  }

  void read(Cdr &cdr) {
    if (!dialect.isBare) {
      id.read(cdr);
      cdr >> instance;
    }
    cdr >> operation;
    if (operation == dialect.ping) cdr >> value;
    else if (operation == dialect.set) cdr >> force;
    else if (!dialect.isBare) cdr >> dummy;
  }
};

struct Return {
  Identity id;
  int32_t code = 0;
  int32_t operation = 0;
  int32_t result = 0;
  int32_t value = 0;
  float force = 0;
  std::string reason;
  int32_t number = 0;
  uint8_t dummy = 0;

  void write(Cdr &cdr) const {
    if (!dialect.isBare) {
      id.write(cdr);
      cdr << code << operation;
      if (code != 0) cdr << dummy;
    } else if (code != 0) {
      cdr << int32_t(0) << code;
    } else {
      cdr << operation;
    }
    if (code != 0) return;
    cdr << result;
    if (result == dialect.jammed) cdr << reason << number;
    else if (result == dialect.empty) return;
    else if (operation == dialect.ping) cdr << value;
    else if (operation == dialect.set) cdr << force;
    else if (!dialect.isBare) cdr << dummy;
  }

  void read(Cdr &cdr) {
    id.read(cdr);
    cdr >> code >> operation;
    if (code != 0) return;
    cdr >> result;
    if (result == dialect.jammed) cdr >> reason >> number;
    else if (result == dialect.empty) return;
    else if (operation == dialect.ping) cdr >> value;
    else if (operation == dialect.set) cdr >> force;
    else cdr >> dummy;
  }
};

struct Order {
  std::string what;
  int32_t count = 0;
  void write(Cdr &cdr) const { cdr << what << count; }
  void read(Cdr &cdr) { cdr >> what >> count; }
};

struct Bill {
  std::string what;
  double total = 0;
  void write(Cdr &cdr) const { cdr << what << total; }
  void read(Cdr &cdr) { cdr >> what >> total; }
};

static bool press(const Call &call, Return &reply) {
  reply.id = call.id;
  reply.operation = call.operation;
  if (call.operation == dialect.ping) {
    // Numbers from 1 to 5: that remote exception.
    if (call.value >= 1 && call.value <= 5) reply.code = call.value;
    else reply.value = call.value + 1;
  } else if (call.operation == dialect.set) {
    reply.force = call.force;
    if (call.force < 0) reply.result = dialect.empty;
    if (call.force > 10) {
      reply.result = dialect.jammed;
      reply.reason = "paper";
      reply.number = -7;
    }
  } else if (call.operation != dialect.stop) {
    reply.code = UNKNOWN_OPERATION;
  }
  if (reply.code != 0) reply.operation = -1;
  return true;
}

static void call(const Endpoints &ends) {
  awaitServer(ends);
  const struct { int32_t operation, value; float force; } calls[] = {
      {dialect.ping, 41, 0}, {dialect.ping, 2, 0}, {dialect.set, 0, 3.5f}, {dialect.set, 0, 99},
      {dialect.set, 0, -1}, {dialect.stop, 0, 0}, {12345, 0, 0}};
  Call request;
  setWriter(request.id, ends.writer);
  for (const auto &one : calls) {
    request.id.low++;
    request.operation = one.operation;
    request.value = one.value;
    request.force = one.force;
    Return reply;
    if (!ask(ends, request, reply)) printf("nothing\n");
    else if (reply.code != 0) printf("code %d\n", reply.code);
    else if (reply.operation != one.operation) printf("operation %d\n", reply.operation);
    else if (reply.result == dialect.jammed) printf("jammed %s %d\n", reply.reason.c_str(), reply.number);
    else if (reply.result == dialect.empty) printf("empty\n");
    else if (reply.operation == dialect.ping) printf("ping %d\n", reply.value);
    else if (reply.operation == dialect.set) printf("set %g\n", reply.force);
    else printf("stop\n");
  }
}

int main(int count, char **arguments) {
  if (count < 4) return 2;
  if (strcmp(arguments[3], "rti") == 0) dialect = RTI;
  isInline = dialect.isBare;
  for (int i = 4; i < count; i++) {
    isBigEndian |= strcmp(arguments[i], "big") == 0;
    isRenumbered |= strcmp(arguments[i], "0083") == 0;
  }
  DomainParticipant *participant = join(static_cast<uint32_t>(atoi(arguments[2])));
  if (participant == nullptr) return 1;
  Topic *calls = dialect.isBare ? topic<Call>(participant, "shop::Press_Call", "PressRequest")
                                : topic<Call>(participant, "Press_Request", "Press_Service_Request");
  Topic *returns = dialect.isBare ? topic<Return>(participant, "shop::Press_Return", "PressReply")
                                  : topic<Return>(participant, "Press_Reply", "Press_Service_Reply");
  if (strcmp(arguments[1], "call") == 0) {
    call(endpoints(participant, returns, calls));
  } else {
    std::atomic<bool> isOver{false};
    std::thread orders;
    if (dialect.isBare) {
      const Endpoints ends = endpoints(
          participant, topic<Order>(participant, "shop::Order", "orderRequest", 200000),
          topic<Bill>(participant, "shop::Bill", "orderReply", 200000));
      orders = std::thread([ends, &isOver] {
        while (!isOver) {
          ends.reader->wait_for_unread_message(eprosima::fastrtps::Duration_t(0, 50000000));
          Order order;
          SampleInfo info;
          while (ends.reader->take_next_sample(&order, &info) == ReturnCode_t::RETCODE_OK) {
            Bill bill{order.what, order.count * 2.5};
            if (info.valid_data) send(ends.writer, &bill, info.sample_identity);
          }
        }
      });
    }
    serve<Call, Return>({{endpoints(participant, calls, returns), press}});
    isOver = true;
    if (orders.joinable()) orders.join();
  }
  leave(participant);
  return 0;
}
