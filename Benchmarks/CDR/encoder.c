/* The limit: structs in memory to plain CDR, written by hand for each type. No JSON, no checks.

     encoder CASE SECONDS    prints the nanoseconds of one message */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static unsigned char *buffer;
static size_t position;

static void put(const void *value, size_t size) {
  position = (position + size - 1) & ~(size - 1);
  memcpy(buffer + position, value, size);
  position += size;
}

#define PUT(value) put(&(value), sizeof(value))

static void text(const char *value) {
  uint32_t length = (uint32_t)strlen(value) + 1;
  PUT(length);
  memcpy(buffer + position, value, length);
  position += length;
}

struct telemetry {
  uint32_t id; uint64_t stamp; const char *name; double x, y, z; float vx, vy, vz; uint32_t mode; uint8_t ok; int16_t level;
  int64_t count; uint8_t cells; int32_t left, right; double heading; const char *frame; uint16_t errors; double battery;
};

static void telemetry(const struct telemetry *t) {
  PUT(t->id); PUT(t->stamp); text(t->name); PUT(t->x); PUT(t->y); PUT(t->z); PUT(t->vx); PUT(t->vy); PUT(t->vz);
  PUT(t->mode); PUT(t->ok); PUT(t->level); PUT(t->count); PUT(t->cells); PUT(t->left); PUT(t->right); PUT(t->heading);
  text(t->frame); PUT(t->errors); PUT(t->battery);
}

struct item { uint64_t id; char name[40]; double value; uint8_t enabled; uint32_t state; };

static void list(const struct item *items, uint32_t count) {
  PUT(count);
  for (uint32_t i = 0; i < count; i++) {
    PUT(items[i].id); text(items[i].name); PUT(items[i].value); PUT(items[i].enabled); PUT(items[i].state);
  }
}

static void block(const void *values, uint32_t count, size_t size) {
  PUT(count);
  position = (position + size - 1) & ~(size - 1);
  memcpy(buffer + position, values, count * size);
  position += count * size;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

int main(int count_of_arguments, char **arguments) {
  if (count_of_arguments != 3) return 2;
  const char *name = arguments[1];
  double seconds = atof(arguments[2]);
  buffer = malloc(4 << 20);
  static struct telemetry robot = {4711, 1732204800123456789u, "rover-07", 12.25, -3.140625, 0.5, 1.5f, -0.25f, 0, 1, 1, -12,
                                   9007199254740993, 6, 1200, -1200, 1.5707963267948966, "map", 0, 0.8125};
  static struct item items[180];
  for (int i = 0; i < 180; i++) {
    items[i] = (struct item){.id = 9000000000u + i * 7919ull, .value = 0.25 + i * 1.37, .enabled = i % 3 == 0, .state = 1};
    snprintf(items[i].name, sizeof items[i].name, "item number %d of the list", i);
  }
  unsigned char *octets = calloc(1 << 20, 1);
  double *doubles = calloc(100000, sizeof *doubles);
  uint32_t command = 0;
  volatile unsigned char sink;
  for (long calls = 1;; calls *= 2) {
    double start = now();
    for (long i = 0; i < calls; i++) {
      position = 0;
      if (!strcmp(name, "robot")) PUT(command);
      else if (!strcmp(name, "telemetry")) telemetry(&robot);
      else if (!strcmp(name, "list-10k")) list(items, 180);
      else if (!strcmp(name, "octets-1M")) block(octets, 1 << 20, 1);
      else block(doubles, 100000, 8);
      sink = buffer[position / 2];
    }
    double passed = now() - start;
    if (passed >= seconds * 0.5e9) {
      (void)sink;
      printf("%f\n", passed / calls);
      return 0;
    }
  }
}
