// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Host: runs what node_monitor runs, on a recording, and writes the samples as the emulated board
// reads them. The records have to be the same there.
//
//   node_monitor_host RECORDING SAMPLES RECORDS RPM BEARING

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "aiot/core/check.hpp"
#include "aiot/device/device.hpp"
#include "aiot/record/record.hpp"
#include "aiot/toolkit/recording.hpp"
#include "examples/node/model.hpp"
#include "ports/linux/file_sink.hpp"
#include "ports/linux/replay_sensor.hpp"
#include "ports/sim/flash.hpp"

namespace {

constexpr std::uint32_t kKiB = 1024;
constexpr aiot::hal::FlashGeometry kNor{
    .size = 1024 * kKiB, .sector = 4 * kKiB, .page = 256, .program = 1};
constexpr aiot::hal::FlashMap kFlashMap{
    .queue = {{{0, 256 * kKiB}, {256 * kKiB, 512 * kKiB}, {768 * kKiB, 64 * kKiB}}},
    .boot_record = {832 * kKiB, 16 * kKiB},
    .baseline = {848 * kKiB, 16 * kKiB}};

int fail(const std::string& what) {
  std::cerr << "node_monitor_host: " << what << '\n';
  return 1;
}

int run(const aiot::toolkit::Recording& recording,
        const char* records,
        std::uint32_t rpm,
        const char* bearing) {
  std::vector<std::byte> memory(kNor.size);
  aiot::sim::SimFlash flash{kNor, aiot::sim::SimFlash::Ecc::kNo, memory, {}};
  flash.blank();
  std::vector<aiot::linux_port::ReplayGap> gaps;
  for (const aiot::toolkit::RecordingGap& gap : recording.gaps) {
    gaps.push_back({gap.frame, gap.lost});
  }
  aiot::linux_port::ReplaySensor sensor{
      aiot::toolkit::format_of(recording), recording.samples, gaps, 1024};
  aiot::linux_port::FileSink sink;
  if (!sink.open(records, &aiot::record::whole_records).ok()) {
    return fail(std::string(records) + " can not be written");
  }
  const node::Model model = node::model(rpm, bearing);
  const aiot::DeviceConfig config{.device_id = "aiot",
                                  .firmware_version = AIOT_VERSION,
                                  .package = model.package,
                                  .machine = model.machine,
                                  .kernels = model.kernels,
                                  .flash = kFlashMap,
                                  .origin = aiot::device::Origin::kReplay};
  aiot::Device device{config, {flash, sensor, sink, {}}, model.storage};
  std::int64_t now_us = 0;
  const aiot::Status started = device.start({now_us});
  if (!started.ok()) {
    return fail(std::string("the device does not start: ") + aiot::to_string(started.error()));
  }
  while (!device.sensor_ended() || !device.drained()) {
    (void)device.step({now_us += 1000});
  }
  return device.metrics().pipeline_errors == 0 ? 0 : fail("the pipeline failed");
}

}  // namespace

/// A broken contract of the library ends the program.
void aiot::panic(const char* file, std::uint32_t line) noexcept {
  std::cerr << "node_monitor_host: " << file << ':' << line << '\n';
  std::abort();
}

int main(int argc, char** argv) {
  if (argc != 6) {
    std::cerr << "usage: node_monitor_host RECORDING SAMPLES RECORDS RPM BEARING\n";
    return 2;
  }
  const auto recording = aiot::toolkit::load_recording(argv[1], {});
  if (!recording.ok()) {
    return fail(recording.problem().text);
  }
  const std::vector<std::byte> samples = aiot::toolkit::encode_replay(*recording, 0);
  std::ofstream out(argv[2], std::ios::binary);
  out.write(reinterpret_cast<const char*>(samples.data()),
            static_cast<std::streamsize>(samples.size()));
  out.close();
  if (!out) {
    return fail(std::string(argv[2]) + " can not be written");
  }
  const auto rpm = static_cast<std::uint32_t>(std::strtoul(argv[4], nullptr, 10));
  return run(*recording, argv[3], rpm, argv[5]);
}
