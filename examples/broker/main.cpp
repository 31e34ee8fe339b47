// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// A device whose records reach a consumer over a broker, with everything that takes on one page: a
// simulated machine, a store, TLS, an MQTT 5 session and the seals.
//
//   broker URL CA CERT KEY DEVICE DEVICE_KEY STORE
//
//   aiot keys new keys/pump-7 --kind device
//   aiot consume pumps.db --broker URL --ca ca.pem --cert c.pem --key c.key --keys keys
//   broker URL ca.pem pump-7.pem pump-7.tls pump-7 keys/pump-7.key pump.store
//
// Killed and started again, it delivers what was left. On a microcontroller the page is the same
// with a flash driver, a sensor and a modem in place of the Linux port.
#include <array>
#include <cstdio>
#include <random>
#include <span>
#include <string>

#include "aiot/device/device.hpp"
#include "aiot/link/mqtt.hpp"
#include "aiot/link/mqtt_sink.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot_packages/machine.hpp"
#include "ports/linux/broker_transport.hpp"
#include "ports/linux/clock.hpp"
#include "ports/linux/key_file.hpp"
#include "ports/linux/store_dir.hpp"
#include "ports/sim/sensor.hpp"

using namespace aiot;

namespace {

constexpr std::uint64_t kSamples = 10 * 12800;
constexpr Duration kPatience = Duration::from_s(60);

// All RAM of the library: the device, and the session's buffers.
constinit Storage<Shape{.window = 2048, .ring = 4096, .batches_in_flight = 4}> storage;
constinit std::array<std::byte, 1024> receive_buffer{};
constinit std::array<std::byte, 1024> transmit_buffer{};
constinit std::array<std::byte, 16384> outbox{};

int fail(const std::string& problem) {
  std::fprintf(stderr, "broker: %s\n", problem.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 8) {
    std::fprintf(stderr, "usage: broker URL CA CERT KEY DEVICE DEVICE_KEY STORE\n");
    return 2;
  }
  const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
  const std::string name = arguments[5];
  std::string message;
  linux_port::BrokerTransport link([](const std::string& problem) { (void)fail(problem); });
  linux_port::KeyFile key;
  linux_port::StoreDir store;
  if (!link.open(arguments[1],
                 {.ca = arguments[2], .certificate = arguments[3], .key = arguments[4], .crls = {}},
                 message)
           .ok() ||
      !key.load(arguments[6], message).ok()) {
    return fail(message);
  }
  if (!store.open_or_create(arguments[7], linux_port::default_store_layout(64)).ok()) {
    return fail(store.message());
  }

  link::mqtt::Session session(
      {.receive = receive_buffer, .transmit = transmit_buffer, .outbox = outbox, .aliases = {}});
  link::WallClock wall_clock{link::WallClockConfig{}};
  link::MqttSinkConfig sink_config;
  sink_config.seal.device = name;
  sink_config.seal.run = (std::uint64_t{std::random_device{}()} << 32U) | 1U;  // never the same
  sink_config.connect.client_id = name;
  link::MqttSink sink(session, key, wall_clock, sink_config);

  sim::Machine machine{{.seed = 1, .scenario = sim::demo_scenario()}};
  sim::SimSensor sensor{machine, {.samples = kSamples, .gaps = {}}};
  const linux_port::MonotonicClock clock;
  Device device{{.device_id = name,
                 .package = std::as_bytes(std::span(packages::machine)),
                 .kernels = &nn::ref::kernels,
                 .flash = store.layout().map},
                {store.flash(), sensor, sink},
                storage};
  if (const Status started = device.start(clock.now()); !started.ok()) {
    return fail(to_string(started.error()));
  }

  const Instant end = clock.now() + kPatience;
  while (!device.sensor_ended() || !device.drained()) {
    const Instant now = clock.now();
    if (end < now) {
      return fail("no consumer has acknowledged everything; what is left stays in the store");
    }
    link.step(now);
    if (!sink.step(link, now).ok()) {
      link.drop(to_string(sink.ended_by()), now);
    }
    if (device.step(now) == device::StepOutcome::kIdle) {
      link.wait(Duration::from_ms(1));
    }
  }
  std::printf("delivered %llu records of %s\n",
              static_cast<unsigned long long>(device.uplink_stats().records),
              name.c_str());
  if (const Result<link::WallTime> time = wall_clock.at(clock.now()); time.ok()) {
    std::printf("the consumer's clock shows %lld ms since 1970, +- %lld ms\n",
                static_cast<long long>(time->unix_ms),
                static_cast<long long>(time->uncertainty_ms));
  }
  session.disconnect(link::mqtt::ReasonCode::kSuccess);
  (void)session.exchange(link, clock.now());
  return 0;
}
