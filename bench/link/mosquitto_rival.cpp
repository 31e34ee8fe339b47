// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "bench/link/mosquitto_rival.hpp"

#include <mosquitto.h>
#include <mqtt_protocol.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

namespace aiot::bench {
namespace {

using Moment = std::chrono::steady_clock::time_point;

struct FreeClient {
  void operator()(mosquitto* client) const noexcept { mosquitto_destroy(client); }
};

struct Progress {
  std::atomic<bool> connected{false};
  std::atomic<std::size_t> acknowledged{0};
};

std::unique_ptr<mosquitto, FreeClient> make_client(const RateJob& job, Progress& progress) {
  static const int kInitialised = mosquitto_lib_init();
  (void)kInitialised;
  std::unique_ptr<mosquitto, FreeClient> client(mosquitto_new("rate-rival", true, &progress));
  mosquitto_int_option(client.get(), MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
  mosquitto_max_inflight_messages_set(client.get(), kInFlight);
  mosquitto_tls_set(
      client.get(), job.ca.c_str(), nullptr, job.certificate.c_str(), job.key.c_str(), nullptr);
  mosquitto_connect_callback_set(client.get(), [](mosquitto*, void* self, int reason) {
    static_cast<Progress*>(self)->connected = reason == 0;
  });
  mosquitto_publish_callback_set(client.get(), [](mosquitto*, void* self, int) {
    ++static_cast<Progress*>(self)->acknowledged;
  });
  constexpr int kKeepAliveS = 60;
  const int code = mosquitto_connect(client.get(), job.host.c_str(), job.port, kKeepAliveS);
  if (code != MOSQ_ERR_SUCCESS) {
    std::fprintf(stderr, "libmosquitto: %s\n", mosquitto_strerror(code));
    return nullptr;
  }
  return client;
}

bool publish(mosquitto* client, const RateJob& job, std::size_t index) {
  const Bytes record = job.records[index];
  return mosquitto_publish(client,
                           nullptr,
                           job.topic.c_str(),
                           static_cast<int>(record.size()),
                           record.data(),
                           1,
                           false) == MOSQ_ERR_SUCCESS;
}

double seconds_since(Moment begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double with_a_loop(const RateJob& job) {
  Progress progress;
  const auto client = make_client(job, progress);
  constexpr int kLoopMs = 100;
  while (client != nullptr && !progress.connected) {
    if (mosquitto_loop(client.get(), kLoopMs, 1) != MOSQ_ERR_SUCCESS) {
      return -1.0;
    }
  }
  if (client == nullptr) {
    return -1.0;
  }
  const Moment begin = std::chrono::steady_clock::now();
  std::size_t published = 0;
  while (progress.acknowledged < job.records.size()) {
    while (published < job.records.size() && published - progress.acknowledged < kInFlight &&
           publish(client.get(), job, published)) {
      ++published;
    }
    if (mosquitto_loop(client.get(), kLoopMs, 1) != MOSQ_ERR_SUCCESS) {
      return -1.0;
    }
  }
  const double seconds = seconds_since(begin);
  mosquitto_disconnect(client.get());
  return seconds;
}

double with_a_thread(const RateJob& job) {
  Progress progress;
  const auto client = make_client(job, progress);
  if (client == nullptr || mosquitto_loop_start(client.get()) != MOSQ_ERR_SUCCESS) {
    return -1.0;
  }
  using namespace std::chrono_literals;
  while (!progress.connected) {
    std::this_thread::sleep_for(100us);
  }
  const Moment begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < job.records.size(); ++i) {
    if (!publish(client.get(), job, i)) {
      return -1.0;
    }
  }
  while (progress.acknowledged < job.records.size()) {
    std::this_thread::sleep_for(100us);
  }
  const double seconds = seconds_since(begin);
  mosquitto_disconnect(client.get());
  mosquitto_loop_stop(client.get(), false);
  return seconds;
}

}  // namespace

double publish_with_mosquitto(const RateJob& job) {
  const double loop = with_a_loop(job);
  const double thread = with_a_thread(job);
  return loop <= 0.0 || thread <= 0.0 ? -1.0 : std::min(loop, thread);
}

}  // namespace aiot::bench
