/* A peer on typed C of idlc 0.10: `peer serve DOMAIN [xcdr2 | robot | lab]` answers for robot::RobotControl,
 * lab::Base and lab::Bench, or one of the modules, until its input ends or SIGTERM comes; `peer call DOMAIN [lab]` calls each operation of
 * robot::RobotControl, or of lab::Base and lab::Bench, and prints what comes; `peer bench DOMAIN OUTSTANDING SECONDS` measures
 * setSpeed. PEER_PARTITION names a partition. Shares no code with Drawbridge. */
#include "lab.h"
#include "dds/dds.h"
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COMMAND = -22164451, SET_SPEED = 1289593851, GET_SPEED = -1829179668, GET_STATUS = -2104359938 };
enum { GET_LEVEL = 545193995, SET_LEVEL = 468884002, GET_MODEL = 1034773435, SWAP = -589323792, POKE = -814556178 };
enum { PING = 18846175, TOO_FAST = 1771042172, JAMMED = -214255895 };
enum { BATCH = 32 };

static int is_xcdr2;

static void check(dds_entity_t entity, const char *what)
{
  if (entity >= 0) return;
  fprintf(stderr, "%s: %s\n", what, dds_strretcode(entity));
  exit(1);
}

static dds_qos_t *quality(void)
{
  dds_qos_t *qos = dds_create_qos();
  dds_qset_reliability(qos, DDS_RELIABILITY_RELIABLE, DDS_SECS(1));
  dds_qset_history(qos, DDS_HISTORY_KEEP_ALL, 0);
  dds_data_representation_id_t representation =
    is_xcdr2 ? DDS_DATA_REPRESENTATION_XCDR2 : DDS_DATA_REPRESENTATION_XCDR1;
  /* Replies in the one, requests read in both. */
  dds_qset_data_representation(qos, 1, &representation);
  const char *partition = getenv("PEER_PARTITION");
  if (partition != NULL) dds_qset_partition1(qos, partition);
  return qos;
}

static dds_entity_t topic(dds_entity_t participant, const dds_topic_descriptor_t *type, const char *name)
{
  const dds_entity_t made = dds_create_topic(participant, type, name, NULL, NULL);
  check(made, name);
  return made;
}

static dds_entity_t make_reader(dds_entity_t participant, dds_entity_t topic)
{
  dds_qos_t *qos = quality();
  dds_qset_data_representation(
    qos, 2, (dds_data_representation_id_t[]) { DDS_DATA_REPRESENTATION_XCDR1, DDS_DATA_REPRESENTATION_XCDR2 });
  const dds_entity_t made = dds_create_reader(participant, topic, qos, NULL);
  check(made, "reader");
  dds_delete_qos(qos);
  return made;
}

static dds_entity_t make_writer(dds_entity_t participant, dds_entity_t topic)
{
  dds_qos_t *qos = quality();
  const dds_entity_t made = dds_create_writer(participant, topic, qos, NULL);
  check(made, "writer");
  dds_delete_qos(qos);
  return made;
}

/* ---- Service ---- */

static float speed;
static int level;

static void answer_robot(const robot_RobotControl_Request *request, dds_entity_t writer)
{
  char text[64];
  robot_RobotControl_Reply reply = { .header.id = request->header.id, .data._d = request->data._d };
  switch (request->data._d) {
  case COMMAND:
    if (request->data._u.do_command.com == robot_STOP_COMMAND) speed = 0;
    break;
  case SET_SPEED:
    if (request->data._u.set_speed.speed > 10) {
      reply.data._u.set_speed._d = TOO_FAST;
    } else {
      reply.data._u.set_speed._u.value.speed = speed = request->data._u.set_speed.speed;
    }
    break;
  case GET_SPEED: reply.data._u.get_speed._u.value.speed = speed; break;
  case GET_STATUS:
    snprintf(text, sizeof(text), "C running at %g", speed);
    reply.data._u.get_status._u.value.the_status.msg = text;
    break;
  default:
    reply.header.code = dds_rpc_UNKNOWN_OPERATION;
    reply.data._d = -1;
  }
  check(dds_write(writer, &reply), "write");
}

static void answer_base(const lab_Base_Request *request, dds_entity_t writer)
{
  lab_Base_Reply reply = { .header.id = request->header.id, .data._d = PING };
  const int value = request->data._u.ping.number;
  /* Numbers from 1 to 5, and 99: that remote exception. */
  if ((value >= 1 && value <= 5) || value == 99) {
    reply.header.code = (dds_rpc_Code) (value <= 5 ? value : 0);
    reply.data._d = -1;
  } else {
    reply.data._u.ping._u.value.number = value + 1;
  }
  check(dds_write(writer, &reply), "write");
}

static void answer_bench(const lab_Bench_Request *request, dds_entity_t writer)
{
  int sizes[3] = { 1, -2, 3 };
  lab_Item items[2] = {
    { .name = "none" },
    { .name = "three", .sizes = { ._maximum = 3, ._length = 3, ._buffer = sizes } } };
  lab_Bench_Reply reply = { .header.id = request->header.id, .data._d = request->data._d };
  switch (request->data._d) {
  case GET_LEVEL: reply.data._u.get_level._u.value.number = level; break;
  case SET_LEVEL: level = request->data._u.set_level.number; break;
  case GET_MODEL: reply.data._u.get_model._u.value.text = "B\xc3\xb6" "ck 3"; break;
  case SWAP:
    if (strcmp(request->data._u.swap.text, "jam") == 0) {
      reply.data._u.swap._d = JAMMED;
      reply.data._u.swap._u.jammed.reason = "paper";
      reply.data._u.swap._u.jammed.code = -7;
    } else {
      reply.data._u.swap._u.value.text = request->data._u.swap.text;
      reply.data._u.swap._u.value.items._maximum = reply.data._u.swap._u.value.items._length = 2;
      reply.data._u.swap._u.value.items._buffer = items;
    }
    break;
  case POKE: level += request->data._u.poke.number; return;
  default:
    reply.header.code = dds_rpc_UNKNOWN_OPERATION;
    reply.data._d = -1;
  }
  check(dds_write(writer, &reply), "write");
}

static volatile sig_atomic_t is_over;

static void terminate(int signal)
{
  (void) signal;
  is_over = 1;
}

typedef void (*answer)(const void *request, dds_entity_t writer);

static void take(dds_entity_t reader, dds_entity_t writer, answer body)
{
  void *samples[BATCH] = { 0 };
  dds_sample_info_t info[BATCH];
  int count;
  while ((count = dds_take(reader, samples, info, BATCH, BATCH)) > 0) {
    for (int i = 0; i < count; i++)
      if (info[i].valid_data) body(samples[i], writer);
    dds_return_loan(reader, samples, count);
  }
}

static void serve(dds_entity_t participant, int first, int end)
{
  static const struct {
    const dds_topic_descriptor_t *request, *reply;
    const char *request_topic, *reply_topic;
    answer body;
  } services[] = {
    { &robot_RobotControl_Request_desc, &robot_RobotControl_Reply_desc, "robot_RobotControl_Service_Request",
      "robot_RobotControl_Service_Reply", (answer) answer_robot },
    { &lab_Base_Request_desc, &lab_Base_Reply_desc, "lab_Base_Service_Request", "lab_Base_Service_Reply",
      (answer) answer_base },
    { &lab_Bench_Request_desc, &lab_Bench_Reply_desc, "lab_Bench_Service_Request", "lab_Bench_Service_Reply",
      (answer) answer_bench } };
  dds_entity_t readers[3], writers[3];
  const dds_entity_t waitset = dds_create_waitset(participant);
  for (int i = first; i < end; i++) {
    writers[i] = make_writer(participant, topic(participant, services[i].reply, services[i].reply_topic));
    readers[i] = make_reader(participant, topic(participant, services[i].request, services[i].request_topic));
    check(dds_set_status_mask(readers[i], DDS_DATA_AVAILABLE_STATUS), "mask");
    check(dds_waitset_attach(waitset, readers[i], i), "attach");
  }
  printf("ready\n");
  fflush(stdout);
  struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
  char rest[64];
  signal(SIGTERM, terminate);
  while (!is_over && (poll(&input, 1, 0) <= 0 || read(STDIN_FILENO, rest, sizeof(rest)) > 0)) {
    dds_waitset_wait(waitset, NULL, 0, DDS_MSECS(50));
    for (int i = first; i < end; i++) take(readers[i], writers[i], services[i].body);
  }
}

/* ---- Client ---- */

static dds_entity_t replies, requests;
static robot_RobotControl_Request request;

/* Makes the two endpoints, puts the writer into the header of requests, and waits for a server. */
static void connect_to(
  dds_entity_t participant, const char *name, const dds_topic_descriptor_t *request_type,
  const dds_topic_descriptor_t *reply_type, dds_rpc_RequestHeader *header)
{
  char topic_name[100];
  snprintf(topic_name, sizeof(topic_name), "%s_Service_Reply", name);
  replies = make_reader(participant, topic(participant, reply_type, topic_name));
  snprintf(topic_name, sizeof(topic_name), "%s_Service_Request", name);
  requests = make_writer(participant, topic(participant, request_type, topic_name));
  dds_guid_t guid;
  check(dds_get_guid(requests, &guid), "guid");
  memcpy(&header->id.writer, &guid, sizeof(guid));
  header->instance[0] = 0;
  dds_publication_matched_status_t readers = { 0 };
  dds_subscription_matched_status_t writers = { 0 };
  for (int i = 0; i < 2000 && (readers.current_count == 0 || writers.current_count == 0); i++) {
    dds_get_publication_matched_status(requests, &readers);
    dds_get_subscription_matched_status(replies, &writers);
    dds_sleepfor(DDS_MSECS(10));
  }
}

static void join(dds_entity_t participant)
{
  connect_to(
    participant, "robot_RobotControl", &robot_RobotControl_Request_desc, &robot_RobotControl_Reply_desc, &request.header);
}

/* The reply to the request with this number, whose first member is the header; NULL when none comes in ten seconds. The
 * program ends with it. */
static void *reply_to(unsigned number)
{
  for (int i = 0; i < 10000; i++) {
    void *samples[1] = { 0 };
    dds_sample_info_t info[1];
    if (dds_take(replies, samples, info, 1, 1) == 1 && info[0].valid_data) {
      const dds_rpc_ReplyHeader *header = samples[0];
      if (header->id.number.low == number) return samples[0];
    }
    dds_sleepfor(DDS_MSECS(1));
  }
  return NULL;
}

static void call_base(dds_entity_t participant)
{
  static const int values[] = { 41, 1, 2, 3, 4, 5 };
  lab_Base_Request base = { .data._d = PING };
  connect_to(participant, "lab_Base", &lab_Base_Request_desc, &lab_Base_Reply_desc, &base.header);
  for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
    base.header.id.number.low = i + 1;
    base.data._u.ping.number = values[i];
    check(dds_write(requests, &base), "write");
    const lab_Base_Reply *reply = reply_to(i + 1);
    if (reply == NULL) printf("nothing\n");
    else if (reply->header.code != dds_rpc_OK) printf("code %d\n", reply->header.code);
    else printf("ping %d\n", reply->data._u.ping._u.value.number);
  }
}

static void print_bench(const lab_Bench_Reply *reply)
{
  if (reply == NULL) {
    printf("nothing\n");
  } else if (reply->header.code != dds_rpc_OK) {
    printf("code %d\n", reply->header.code);
  } else if (reply->data._d == GET_LEVEL) {
    printf("level %d\n", reply->data._u.get_level._u.value.number);
  } else if (reply->data._d == SET_LEVEL) {
    printf("set %d\n", reply->data._u.set_level._d);
  } else if (reply->data._d == GET_MODEL) {
    printf("model %s\n", reply->data._u.get_model._u.value.text);
  } else if (reply->data._u.swap._d == JAMMED) {
    printf("jammed %s %d\n", reply->data._u.swap._u.jammed.reason, reply->data._u.swap._u.jammed.code);
  } else {
    const lab_Swap_Out *out = &reply->data._u.swap._u.value;
    printf("swap %s", out->text);
    for (unsigned i = 0; i < out->items._length; i++) {
      printf(" %s", out->items._buffer[i].name);
      for (unsigned j = 0; j < out->items._buffer[i].sizes._length; j++)
        printf(",%d", out->items._buffer[i].sizes._buffer[j]);
    }
    printf("\n");
  }
}

static void call_bench(dds_entity_t participant)
{
  static const struct { int operation, number; const char *text; } calls[] = {
    { SET_LEVEL, 7, "" }, { GET_LEVEL, 0, "" }, { GET_MODEL, 0, "" }, { SWAP, 0, "a" }, { SWAP, 0, "jam" },
    { POKE, 10, "" }, { GET_LEVEL, 0, "" } };
  lab_Bench_Request bench = { 0 };
  connect_to(participant, "lab_Bench", &lab_Bench_Request_desc, &lab_Bench_Reply_desc, &bench.header);
  for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
    bench.header.id.number.low = i + 1;
    memset(&bench.data, 0, sizeof(bench.data));
    bench.data._d = calls[i].operation;
    if (calls[i].operation == SET_LEVEL) bench.data._u.set_level.number = calls[i].number;
    if (calls[i].operation == POKE) bench.data._u.poke.number = calls[i].number;
    if (calls[i].operation == SWAP) bench.data._u.swap.text = (char *) calls[i].text;
    check(dds_write(requests, &bench), "write");
    /* Nobody answers a oneway operation. */
    if (calls[i].operation != POKE) print_bench(reply_to(i + 1));
  }
}

static void call_all(dds_entity_t participant)
{
  static const struct { int operation; float speed; } calls[] = {
    { COMMAND, 0 }, { SET_SPEED, 3.5f }, { GET_SPEED, 0 }, { SET_SPEED, 99 }, { GET_STATUS, 0 }, { 12345, 0 } };
  join(participant);
  for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
    request.header.id.number.low = i + 1;
    memset(&request.data, 0, sizeof(request.data));
    request.data._d = calls[i].operation;
    if (calls[i].operation == COMMAND) request.data._u.do_command.com = robot_STOP_COMMAND;
    if (calls[i].operation == SET_SPEED) request.data._u.set_speed.speed = calls[i].speed;
    check(dds_write(requests, &request), "write");
    const robot_RobotControl_Reply *reply = reply_to(i + 1);
    if (reply == NULL) {
      printf("nothing\n");
    } else if (reply->header.code != dds_rpc_OK) {
      printf("code %d\n", reply->header.code);
    } else {
      switch (reply->data._d) {
      case COMMAND: printf("command %d\n", reply->data._u.do_command._d); break;
      case SET_SPEED:
        printf("setSpeed %d %g\n", reply->data._u.set_speed._d,
               reply->data._u.set_speed._d == 0 ? reply->data._u.set_speed._u.value.speed : 0);
        break;
      case GET_SPEED: printf("getSpeed %g\n", reply->data._u.get_speed._u.value.speed); break;
      case GET_STATUS: printf("getStatus %s\n", reply->data._u.get_status._u.value.the_status.msg); break;
      default: printf("operation %d\n", reply->data._d);
      }
    }
    fflush(stdout);
  }
}

static int by_value(const void *left, const void *right)
{
  const dds_duration_t a = *(const dds_duration_t *) left, b = *(const dds_duration_t *) right;
  return (a > b) - (a < b);
}

/* Prints requests a second, and the median and 99th percentile in microseconds. */
static void measure(dds_entity_t participant, unsigned outstanding, double seconds)
{
  enum { MOST = 4000000 };
  dds_time_t sent[1024];
  dds_duration_t *times = malloc(MOST * sizeof(*times));
  size_t count = 0;
  unsigned next = 1;
  if (times == NULL || outstanding == 0 || outstanding > 1024) exit(2);
  join(participant);
  const dds_entity_t waitset = dds_create_waitset(participant);
  check(dds_set_status_mask(replies, DDS_DATA_AVAILABLE_STATUS), "mask");
  check(dds_waitset_attach(waitset, replies, 0), "attach");
  request.data._d = SET_SPEED;
  request.data._u.set_speed.speed = 3.5f;
  const dds_time_t begin = dds_time(), end = begin + (dds_duration_t) (seconds * 1e9);
  while (next <= outstanding) {
    sent[next % outstanding] = dds_time();
    request.header.id.number.low = next++;
    check(dds_write(requests, &request), "write");
  }
  while (dds_time() < end) {
    dds_waitset_wait(waitset, NULL, 0, DDS_MSECS(100));
    void *samples[BATCH] = { 0 };
    dds_sample_info_t info[BATCH];
    const int taken = dds_take(replies, samples, info, BATCH, BATCH);
    for (int i = 0; i < taken; i++) {
      const robot_RobotControl_Reply *reply = samples[i];
      if (!info[i].valid_data) continue;
      const unsigned slot = reply->header.id.number.low % outstanding;
      const dds_time_t now = dds_time();
      if (count < MOST) times[count++] = now - sent[slot];
      /* The same slot again: replies may come in any order. */
      sent[slot] = now;
      request.header.id.number.low = reply->header.id.number.low + outstanding;
      check(dds_write(requests, &request), "write");
    }
    if (taken > 0) dds_return_loan(replies, samples, taken);
  }
  const double length = (double) (dds_time() - begin) / 1e9;
  if (count == 0) exit(1);
  qsort(times, count, sizeof(*times), by_value);
  printf("%.0f %.1f %.1f\n", (double) count / length, (double) times[count / 2] / 1e3,
         (double) times[count * 99 / 100] / 1e3);
}

int main(int count, char **arguments)
{
  if (count < 3) return 2;
  const char *option = count > 3 ? arguments[3] : "";
  is_xcdr2 = strcmp(option, "xcdr2") == 0;
  /* Without a configuration of its own: participants of this host. */
  const char *given = getenv("PEER_CONFIGURATION");
  const char *configuration = given != NULL ? given :
    "<CycloneDDS><Domain Id=\"any\"><General><Interfaces><NetworkInterface name=\"lo\" multicast=\"false\"/>"
    "</Interfaces><AllowMulticast>false</AllowMulticast></General><Discovery>"
    "<ParticipantIndex>auto</ParticipantIndex><MaxAutoParticipantIndex>100</MaxAutoParticipantIndex>"
    "<LeaseDuration>2 s</LeaseDuration><Peers><Peer address=\"127.0.0.1\"/></Peers></Discovery>"
    "</Domain></CycloneDDS>";
  const dds_domainid_t domain = (dds_domainid_t) atoi(arguments[2]);
  check(dds_create_domain(domain, configuration), "domain");
  const dds_entity_t participant = dds_create_participant(domain, NULL, NULL);
  check(participant, "participant");
  if (strcmp(arguments[1], "serve") == 0) serve(participant, strcmp(option, "lab") == 0 ? 1 : 0, strcmp(option, "robot") == 0 ? 1 : 3);
  else if (strcmp(arguments[1], "call") == 0 && strcmp(option, "lab") == 0) {
    call_base(participant);
    call_bench(participant);
  } else if (strcmp(arguments[1], "call") == 0) call_all(participant);
  else if (strcmp(arguments[1], "bench") == 0 && count > 4)
    measure(participant, (unsigned) atoi(arguments[3]), atof(arguments[4]));
  else return 2;
  (void) dds_delete(DDS_CYCLONEDDS_HANDLE);
  return 0;
}
