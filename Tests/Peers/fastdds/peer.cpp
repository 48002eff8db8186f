// A peer of robot::RobotControl on typed C++ of Fast DDS 2.9: `peer serve DOMAIN [OPTION…]` answers until its input ends,
// `peer call DOMAIN [OPTION…]` calls each operation and prints what comes. Options: `big`: big-endian samples; `inline`: samples
// also carry the identity of what they answer as inline QoS; `0083`: under the number of OMG DDS-RPC; `nowhere`: replies have
// it nowhere else. The types are written by hand, after OMG DDS-RPC 1.0, section 7.5.1.
#include "fast.hpp"

enum { COMMAND = -22164451, SET_SPEED = 1289593851, GET_SPEED = -1829179668, GET_STATUS = -2104359938 };
enum { TOO_FAST = 1771042172, UNKNOWN_OPERATION = 4 };

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

static bool isNowhere = false;

static Reply answer(const Request &request) {
  static float speed = 0;
  Reply reply;
  if (!isNowhere) reply.id = request.id;
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

static Endpoints joined(DomainParticipant *participant, bool isServer) {
  Topic *requests = topic<Request>(participant, "robot::RobotControl_Request", "robot_RobotControl_Service_Request");
  Topic *replies = topic<Reply>(participant, "robot::RobotControl_Reply", "robot_RobotControl_Service_Reply");
  return isServer ? endpoints(participant, requests, replies) : endpoints(participant, replies, requests);
}

static void print(const Reply &reply) {
  if (reply.code != 0) printf("code %d\n", reply.code);
  else if (reply.operation == COMMAND) printf("command %d\n", reply.result);
  else if (reply.operation == SET_SPEED) printf("setSpeed %d %g\n", reply.result, reply.speed);
  else if (reply.operation == GET_SPEED) printf("getSpeed %g\n", reply.speed);
  else if (reply.operation == GET_STATUS) printf("getStatus %s\n", reply.text.c_str());
  else printf("operation %d\n", reply.operation);
}

static void call(const Endpoints &ends) {
  awaitServer(ends);
  static const struct { int32_t operation; float speed; } calls[] = {
      {COMMAND, 0}, {SET_SPEED, 3.5f}, {GET_SPEED, 0}, {SET_SPEED, 99}, {GET_STATUS, 0}, {12345, 0}};
  Request request;
  setWriter(request.id, ends.writer);
  request.command = 1;
  for (const auto &one : calls) {
    request.id.low++;
    request.operation = one.operation;
    request.speed = one.speed;
    Reply reply;
    if (ask(ends, request, reply)) print(reply);
    else printf("nothing\n");
  }
}

int main(int count, char **arguments) {
  if (count < 3) return 2;
  for (int i = 3; i < count; i++) {
    const std::string option = arguments[i];
    isBigEndian |= option == "big";
    isInline |= option == "inline" || option == "0083";
    isRenumbered |= option == "0083";
    isNowhere |= option == "nowhere";
  }
  DomainParticipant *participant = join(static_cast<uint32_t>(atoi(arguments[2])));
  if (participant == nullptr) return 1;
  const bool isServer = strcmp(arguments[1], "serve") == 0;
  const Endpoints ends = joined(participant, isServer);
  if (isServer)
    serve<Request, Reply>({{ends, [](const Request &request, Reply &reply) {
                              reply = answer(request);
                              return true;
                            }}});
  else call(ends);
  leave(participant);
  return 0;
}
