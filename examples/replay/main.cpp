// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// A recording in, decisions out: the smallest application on Linux that keeps its records.
//
//   replay RECORDING STORE     e.g. replay pump.wav pump.store
//
// The records stay in the directory STORE, and what was delivered in STORE.cbor. Killed and started
// again, it goes on behind the last durable record; another recording begins at its own first
// sample.
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "aiot/device/device.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot/record/record.hpp"
#include "aiot/toolkit/recording.hpp"
#include "aiot/toolkit/recording_mark.hpp"
#include "aiot_packages/machine.hpp"
#include "ports/linux/clock.hpp"
#include "ports/linux/file_sink.hpp"
#include "ports/linux/replay_sensor.hpp"
#include "ports/linux/store_dir.hpp"

namespace {

constexpr aiot::Shape kShape{.window = 2048, .ring = 4096};
constinit aiot::Storage<kShape> storage;
const aiot::Bytes kPackage = std::as_bytes(std::span(aiot::packages::machine));

int fail(const char* what, const char* why) {
  std::fprintf(stderr, "replay: %s: %s\n", what, why);
  return 1;
}

void show(const aiot::Device& device) {
  const aiot::device::Pipeline& pipeline = device.pipeline();
  const double seconds = static_cast<double>(pipeline.window().first_sample) /
                         static_cast<double>(pipeline.window().rate_hz);
  const std::string label(device.package().label(pipeline.decision().label));
  std::printf("%8.2f s  %-10s %3d %%  %s %.3g %s\n",
              seconds,
              label.empty() ? "unknown" : label.c_str(),
              pipeline.decision().confidence * 100 / 256,
              aiot::name(device.package().plan.features[0].id),
              static_cast<double>(pipeline.features()[0]),
              aiot::unit(device.package().plan.features[0].id));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: replay RECORDING STORE\n");
    return 2;
  }
  const auto recording = aiot::toolkit::load_recording(argv[1], {});
  if (!recording.ok()) {
    return fail("recording", recording.problem().text.c_str());
  }
  std::vector<aiot::linux_port::ReplayGap> gaps;
  for (const auto& gap : (*recording).gaps) {
    gaps.push_back({gap.frame, gap.lost});
  }

  aiot::linux_port::ReplaySensor sensor{
      aiot::toolkit::format_of(*recording), (*recording).samples, gaps, 1024};
  aiot::linux_port::StoreDir store;
  if (!store.open_or_create(argv[2], aiot::linux_port::default_store_layout(64)).ok()) {
    return fail("store", store.message().c_str());
  }
  aiot::linux_port::FileSink sink;
  const std::string delivered = std::string(argv[2]) + ".cbor";
  if (const auto opened = sink.open(delivered.c_str(), aiot::record::whole_records); !opened.ok()) {
    return fail(delivered.c_str(), aiot::to_string(opened.error()));
  }

  const auto package = aiot::model::load(kPackage);
  if (!package.ok()) {
    return fail("package", aiot::to_string(package.error()));
  }
  const auto begin = aiot::toolkit::begin_recording(
      argv[2], store.flash(), store.layout().map, *recording, package->hash);
  if (!begin.ok()) {
    return fail("store", begin.problem().text.c_str());
  }
  const aiot::DeviceConfig config{.device_id = "replay",
                                  .firmware_version = "0.1.0",
                                  .package = kPackage,
                                  .kernels = &aiot::nn::ref::kernels,
                                  .flash = store.layout().map,
                                  .origin = aiot::device::Origin::kReplay,
                                  .replay_begin = *begin};
  aiot::Device device{config, {store.flash(), sensor, sink, {}}, storage};
  const aiot::linux_port::MonotonicClock clock;
  if (const auto started = device.start(clock.now()); !started.ok()) {
    return fail("start", aiot::to_string(started.error()));
  }
  while (!(device.sensor_ended() && device.drained())) {
    if (device.step(clock.now()) == aiot::device::StepOutcome::kRecorded) {
      show(device);
    } else if (device.sensor_ended()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));  // the file may be full or away
    }
  }
  return device.metrics().pipeline_errors == 0 ? 0 : fail("windows", "not all could be recorded");
}
