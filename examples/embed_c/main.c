/* SPDX-FileCopyrightText: 2026 The aiot authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A gateway in C: samples in, records out, through libaiot.so.
 *
 *   embed_c PACKAGE STORE SECONDS [offline]
 *
 *   PACKAGE   a model package, as models/machine.aipk
 *   STORE     a directory; made when it is missing
 *   SECONDS   of a simulated machine whose bearing wears from a third on
 *   offline   the cloud is away: nothing is acknowledged, and comes again when it is back
 *
 * Each record is a line on standard output, which stands for the cloud: stream, sequence, kind,
 * bytes in hexadecimal, and of a decision what it says. Kill it and run it again: what was printed
 * and not acknowledged is printed again, with the same sequence and bytes, and nothing is missing.
 *
 *   cc -std=c99 main.c $(pkg-config --cflags --libs aiot) -lm -o embed_c
 */
#include <aiot/aiot.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RATE_HZ 12800
#define CHUNK 512 /* frames of a read from the sensor */
#define BATCH 16  /* records that are acknowledged together */

static const char* const kStreams[AIOT_STREAMS] = {"urgent", "routine", "bulk"};

static int fail(const char* what, int result) {
  fprintf(stderr, "embed_c: %s: %s\n", what, aiot_strerror(result));
  return EXIT_FAILURE;
}

/* --- the sensor: a shaft at 30 Hz, noise, and impacts of a bearing that ring at 3.2 kHz ----------
 */

static uint32_t noise_state = 1;

static double noise(void) {
  noise_state = noise_state * 1664525U + 1013904223U;
  return (double)(noise_state >> 8) / 8388608.0 - 1.0;
}

static int16_t sample(uint64_t at, uint64_t all) {
  const double pi = 3.14159265358979323846;
  const double t = (double)at / RATE_HZ;
  const uint64_t healthy = all / 3;
  const double wear = at > healthy ? (double)(at - healthy) / (double)all : 0.0;
  const double since_impact = fmod(t, 1.0 / 107.4);
  const double ring = exp(-900.0 * since_impact) * sin(2.0 * pi * 3200.0 * since_impact);
  return (int16_t)(40.0 * sin(2.0 * pi * 30.0 * t) + 150.0 * noise() + 6000.0 * wear * ring);
}

/* --- the package ---------------------------------------------------------------------------------
 */

/* The bytes of a file, or NULL. */
static void* read_file(const char* path, size_t* size) {
  FILE* const file = fopen(path, "rb");
  void* bytes = NULL;
  long end = -1;
  if (file != NULL && fseek(file, 0, SEEK_END) == 0 && (end = ftell(file)) > 0) {
    rewind(file);
    bytes = malloc((size_t)end);
    if (bytes != NULL && fread(bytes, 1, (size_t)end, file) != (size_t)end) {
      free(bytes);
      bytes = NULL;
    }
  }
  if (file != NULL) {
    fclose(file);
  }
  *size = end > 0 ? (size_t)end : 0;
  return bytes;
}

/* --- the cloud -----------------------------------------------------------------------------------
 */

typedef struct Cloud {
  unsigned char* buffer;
  size_t size;
  int offline;
  int given[AIOT_STREAMS];     /* records since the last acknowledgement */
  uint64_t last[AIOT_STREAMS]; /* newest of them */
} Cloud;

static void print_record(const aiot_device* device, const Cloud* cloud, const aiot_record* record) {
  aiot_decision decision;
  size_t i;
  printf("%s %" PRIu64, kStreams[record->stream], record->first);
  if (record->kind == AIOT_KIND_GAP) {
    printf("-%" PRIu64, record->last);
  }
  printf(" kind %d ", (int)record->kind);
  for (i = 0; i < record->size; ++i) {
    printf("%02x", cloud->buffer[i]);
  }
  decision.struct_size = sizeof decision;
  if (record->kind == AIOT_KIND_DECISION &&
      aiot_read_decision(cloud->buffer, record->size, &decision) == AIOT_OK) {
    printf(" %.1f s %s %.2f",
           (double)decision.frame / RATE_HZ,
           decision.label == AIOT_LABEL_UNKNOWN ? "unknown" : aiot_label(device, decision.label),
           (double)decision.confidence);
  }
  printf("\n");
}

/* What was given is acknowledged when the cloud has it: a stream with `least` records or more. */
static int acknowledge(aiot_device* device, Cloud* cloud, int least) {
  int32_t stream;
  if (cloud->offline) {
    return AIOT_OK;
  }
  for (stream = 0; stream < AIOT_STREAMS; ++stream) {
    if (cloud->given[stream] >= least) {
      int result;
      if (fflush(stdout) != 0) {
        return AIOT_IO;
      }
      result = aiot_acknowledge(device, stream, cloud->last[stream]);
      if (result != AIOT_OK) {
        return result;
      }
      printf("acknowledged %s %" PRIu64 "\n", kStreams[stream], cloud->last[stream]);
      cloud->given[stream] = 0;
    }
  }
  return AIOT_OK;
}

/* Everything that there is to deliver. */
static int deliver(aiot_device* device, Cloud* cloud) {
  for (;;) {
    aiot_record record;
    int result;
    record.struct_size = sizeof record;
    result = aiot_next_record(device, cloud->buffer, cloud->size, &record);
    if (result == AIOT_EMPTY) {
      return AIOT_OK;
    }
    if (result != AIOT_OK) {
      return result;
    }
    print_record(device, cloud, &record);
    cloud->last[record.stream] = record.last;
    ++cloud->given[record.stream];
    result = acknowledge(device, cloud, BATCH);
    if (result != AIOT_OK) {
      return result;
    }
  }
}

/* --- the gateway ---------------------------------------------------------------------------------
 */

static int64_t time_us(uint64_t frames) {
  return (int64_t)(frames * 1000000U / RATE_HZ);
}

static int run(aiot_device* device, Cloud* cloud, uint64_t frames) {
  static int16_t chunk[CHUNK];
  uint64_t done;
  int result = AIOT_OK;
  for (done = 0; done < frames; done += CHUNK) {
    size_t i;
    size_t offered = 0;
    for (i = 0; i < CHUNK; ++i) {
      chunk[i] = sample(done + i, frames);
    }
    while (offered < CHUNK) {
      result = aiot_push(device, chunk + offered, CHUNK - offered);
      if (result < 0) {
        return result;
      }
      offered += (size_t)result;
      do {
        result = aiot_step(device, time_us(done + offered));
      } while (result > 0);
      if (result < 0) {
        return result;
      }
    }
    result = deliver(device, cloud);
    if (result != AIOT_OK) {
      return result;
    }
  }
  return acknowledge(device, cloud, 1);
}

/* Everything that was allocated, so that all of it can be given back. */
typedef struct Gateway {
  void* directory_memory;
  aiot_directory* directory;
  void* device_memory;
  aiot_device* device;
  Cloud cloud;
} Gateway;

static void close_gateway(Gateway* gateway) {
  (void)aiot_deinit(gateway->device); /* NULL is refused, no harm is done */
  (void)aiot_directory_close(gateway->directory);
  free(gateway->cloud.buffer);
  free(gateway->device_memory);
  free(gateway->directory_memory);
}

static int open_device(Gateway* gateway, const char* store_path) {
  char message[256];
  aiot_store store = {0};
  aiot_config config = {0};
  const size_t directory_size = aiot_directory_size();
  size_t device_size;
  int result;
  store.struct_size = sizeof store;
  gateway->directory_memory = malloc(directory_size);
  result = aiot_directory_open(gateway->directory_memory,
                               directory_size,
                               store_path,
                               0,
                               &store,
                               &gateway->directory,
                               message,
                               sizeof message);
  if (result != AIOT_OK) {
    fprintf(stderr, "embed_c: %s\n", message);
    return EXIT_FAILURE;
  }
  config.struct_size = sizeof config;
  config.device_id = "embed-c";
  config.store = &store;
  config.rate_hz = RATE_HZ;
  config.scale = 0.005F; /* m/s^2 per count */
  config.axes = 1;
  config.bits = 16;
  device_size = aiot_device_size(&config);
  gateway->device_memory = malloc(device_size);
  result = aiot_init(gateway->device_memory, device_size, &config, &gateway->device);
  return result == AIOT_OK ? EXIT_SUCCESS : fail("the device can not be made", result);
}

static int load_package(Gateway* gateway, const char* path) {
  size_t size = 0;
  void* const package = read_file(path, &size);
  int result;
  if (package == NULL) {
    fprintf(stderr, "embed_c: %s can not be read; name a package\n", path);
    return EXIT_FAILURE;
  }
  result = aiot_load_package(gateway->device, package, size, 0);
  free(package); /* it was copied */
  if (result != AIOT_OK) {
    return fail(path, result);
  }
  /* So that records can be dated. A gateway does this when NTP has answered, and every hour. */
  result = aiot_set_time(gateway->device, 0, (int64_t)time(NULL) * 1000 + 500, 500);
  if (result != AIOT_OK) {
    return fail("the time", result);
  }
  gateway->cloud.size = aiot_max_record_size(gateway->device);
  gateway->cloud.buffer = malloc(gateway->cloud.size);
  return gateway->cloud.buffer != NULL ? EXIT_SUCCESS : fail("records", AIOT_NO_SPACE);
}

static int summarise(const aiot_device* device) {
  aiot_stats stats = {0};
  int result;
  stats.struct_size = sizeof stats;
  result = aiot_get_stats(device, &stats);
  if (result != AIOT_OK) {
    return fail("the run", result);
  }
  fprintf(stderr,
          "start %" PRIu32 ": %" PRIu64 " windows, %" PRIu64 " records, %" PRIu64 " wait\n",
          stats.starts,
          stats.windows,
          stats.records,
          stats.waiting);
  return EXIT_SUCCESS;
}

int main(int argc, char** argv) {
  Gateway gateway = {0};
  int status;
  if (argc < 4 || argc > 5 || (argc == 5 && strcmp(argv[4], "offline") != 0)) {
    fprintf(stderr, "usage: embed_c PACKAGE STORE SECONDS [offline]\n");
    return 2;
  }
  gateway.cloud.offline = argc == 5;
  status = open_device(&gateway, argv[2]);
  if (status == EXIT_SUCCESS) {
    status = load_package(&gateway, argv[1]);
  }
  if (status == EXIT_SUCCESS) {
    const uint64_t frames = (uint64_t)strtoul(argv[3], NULL, 10) * RATE_HZ;
    const int result = run(gateway.device, &gateway.cloud, frames);
    status = result == AIOT_OK ? summarise(gateway.device) : fail("the run ended", result);
  }
  close_gateway(&gateway);
  return status;
}
