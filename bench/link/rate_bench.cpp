// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// How many records per second reach a broker over TLS, one in each PUBLISH with QoS 1 and 20 in
// flight: aiot's session beside libmosquitto, the same messages to the same broker, turn by turn.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "aiot/link/mqtt.hpp"
#include "bench/link/mosquitto_rival.hpp"
#include "bench/link/rate.hpp"
#include "ports/linux/clock.hpp"
#include "ports/linux/tls_transport.hpp"

namespace aiot::bench {
namespace {

using link::mqtt::EventKind;
using link::mqtt::Qos;
using link::mqtt::Retain;
using link::mqtt::Session;
using link::mqtt::SessionState;

constexpr double kBound = 0.8;  // of libmosquitto's rate
// The session's own memory; its buffers are the application's.
constexpr std::size_t kMaxSessionBytes = 4096;
constexpr Duration kPatience = Duration::from_s(30);

/// Seconds until the broker has acknowledged everything; below zero: it failed, and said why.
double publish_with_aiot(const RateJob& job) {
  linux_port::TlsTransport transport;
  std::string message;
  const linux_port::TlsFiles files{
      .ca = job.ca, .certificate = job.certificate, .key = job.key, .crls = {}};
  if (!transport.load(files, message).ok() ||
      !transport.connect(job.host, job.port, kPatience).ok()) {
    std::fprintf(stderr, "rate_bench: %s\n", message.c_str());
    return -1.0;
  }
  const linux_port::MonotonicClock clock;
  while (transport.state() == hal::LinkState::kConnecting) {
    transport.wait(Duration::from_ms(10));
  }
  std::vector<std::byte> memory(3 * kBufferBytes);
  const MutableBytes all(memory);
  Session session({.receive = all.first(kBufferBytes),
                   .transmit = all.subspan(kBufferBytes, kBufferBytes),
                   .outbox = all.subspan(2 * kBufferBytes),
                   .aliases = {}});
  link::mqtt::ConnectConfig config;
  config.client_id = "rate-aiot";
  config.session_expiry_s = 0;
  if (!session.connect(config, clock.now()).ok()) {
    return -1.0;
  }
  std::size_t published = 0;
  std::size_t acknowledged = 0;
  auto begin = std::chrono::steady_clock::now();
  while (acknowledged < job.records.size()) {
    const Status moved = session.exchange(transport, clock.now());
    bool idle = true;
    while (session.event().kind != EventKind::kNone) {
      idle = false;
      if (session.event().kind == EventKind::kConnected) {
        begin = std::chrono::steady_clock::now();
      } else if (session.event().kind == EventKind::kPublished) {
        ++acknowledged;
      }
      session.done(clock.now());
    }
    while (
        session.state() == SessionState::kUp && published < job.records.size() &&
        session.unacknowledged() < kInFlight &&
        session.publish(job.topic, job.records[published], Qos::kAtLeastOnce, Retain::kNo).ok()) {
      ++published;
      idle = false;
    }
    if (!moved.ok()) {
      std::fprintf(stderr, "rate_bench: %s\n", transport.message().c_str());
      return -1.0;
    }
    if (idle) {
      transport.wait(Duration::from_ms(100));
    }
  }
  const auto end = std::chrono::steady_clock::now();
  session.disconnect(link::mqtt::ReasonCode::kSuccess);
  (void)session.exchange(transport, clock.now());
  return std::chrono::duration<double>(end - begin).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// One round of each without a judgement, for `rounds` 0.
int compare(const RateJob& job, unsigned rounds) {
  std::vector<double> ratios;
  std::vector<double> own;
  std::vector<double> rival;
  for (unsigned round = 0; round < std::max(rounds, 1U); ++round) {
    // Turn by turn, and the first one changes: neither gets the quieter machine.
    const bool own_first = round % 2 == 0;
    const double first = own_first ? publish_with_aiot(job) : publish_with_mosquitto(job);
    const double second = own_first ? publish_with_mosquitto(job) : publish_with_aiot(job);
    if (first <= 0.0 || second <= 0.0) {
      return 1;
    }
    own.push_back(static_cast<double>(job.records.size()) / (own_first ? first : second));
    rival.push_back(static_cast<double>(job.records.size()) / (own_first ? second : first));
    ratios.push_back(own.back() / rival.back());
  }
  const double ratio = median(ratios);
  std::printf("records of %zu bytes, one in a PUBLISH, QoS 1, %zu in flight, TLS\n",
              job.records.front().size(),
              kInFlight);
  std::printf("  aiot          %9.0f a second (median of the rounds)\n", median(own));
  std::printf("  libmosquitto  %9.0f\n", median(rival));
  std::printf("  ratio         %9.2f   at least %.1f   %s\n",
              ratio,
              kBound,
              ratio >= kBound ? "ok" : "MISSED");
  std::printf("  RAM of the session without buffers, here: %zu bytes   at most %zu   %s\n",
              sizeof(Session),
              kMaxSessionBytes,
              sizeof(Session) <= kMaxSessionBytes ? "ok" : "MISSED");
  const bool kept = ratio >= kBound && sizeof(Session) <= kMaxSessionBytes;
  return kept || rounds == 0 ? 0 : 1;
}

}  // namespace
}  // namespace aiot::bench

int main(int argc, char** argv) {
  if (argc != 8) {
    std::fprintf(stderr, "usage: link_rate_bench HOST PORT CA CERT KEY RECORDS ROUNDS\n");
    return 2;
  }
  const auto count = std::strtoul(argv[6], nullptr, 10);
  const auto rounds = static_cast<unsigned>(std::strtoul(argv[7], nullptr, 10));
  constexpr std::size_t kRecordBytes = 100;  // a decision with 16 features and a reason
  std::vector<std::byte> bytes(kRecordBytes + count);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::byte>(i * 131U + (i >> 8U));
  }
  aiot::bench::RateJob job{.host = argv[1],
                           .port = static_cast<std::uint16_t>(std::strtoul(argv[2], nullptr, 10)),
                           .ca = argv[3],
                           .certificate = argv[4],
                           .key = argv[5],
                           .topic = "aiot/rate/batch",
                           .records = {}};
  for (std::size_t i = 0; i < count; ++i) {
    job.records.push_back(aiot::Bytes(bytes).subspan(i, kRecordBytes));
  }
  if (job.records.empty()) {
    std::fprintf(stderr, "link_rate_bench: RECORDS has to be 1 or more\n");
    return 2;
  }
  return aiot::bench::compare(job, rounds);
}
