// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// A recording in, decisions out: the smallest application on Linux that keeps its records.
//
//   replay RECORDING STORE [--rpm N] [--bearing NAME]     e.g. replay pump.wav pump.store
//
// The records stay in the directory STORE, and what was delivered in STORE.cbor. Killed and started
// again, it goes on behind the last durable record; another recording begins at its own first
// sample. With a bearing, the recording as a whole is diagnosed first, and the device looks at the
// bearing instead of asking a network; the speed may come with the recording.
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>

#include "aiot_packages/bearing.hpp"
#include "aiot_packages/machine.hpp"
#include "examples/replay/replay.hpp"

namespace {

int fail(const std::string& problem) {
  std::fprintf(stderr, "replay: %s\n", problem.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || argc % 2 == 0) {
    std::fprintf(stderr, "usage: replay RECORDING STORE [--rpm N] [--bearing NAME]\n");
    return 2;
  }
  const auto recording = aiot::toolkit::load_recording(argv[1], {});
  if (!recording.ok()) {
    return fail(recording.problem().text);
  }
  replay::Config config{argv[2], std::as_bytes(std::span(aiot::packages::machine))};
  if (const auto name = replay::option(argc, argv, "--bearing"); !name.empty()) {
    const auto rpm = std::strtod(replay::option(argc, argv, "--rpm").c_str(), nullptr);
    const auto* const bearing = aiot::dsp::find_bearing(name);
    config.machine.speed_rpm = static_cast<float>(rpm > 0 ? rpm : (*recording).rpm.value_or(0));
    if (bearing == nullptr || !(config.machine.speed_rpm > 0)) {
      return fail("wants a bearing of the catalogue, as 6205, and its speed with --rpm");
    }
    config.machine.bearing_name = bearing->name;
    config.machine.bearing = bearing->geometry;
    config.package = std::as_bytes(std::span(aiot::packages::bearing));
    const auto analysis = aiot::toolkit::analyse_bearing(
        *recording, static_cast<double>(config.machine.speed_rpm), bearing->geometry);
    std::printf("%s\n",
                (analysis.ok() ? replay::diagnosis(*analysis) : analysis.problem().text).c_str());
  }
  const auto walk = replay::Replay::open(*recording, config);
  if (!walk.ok()) {
    return fail(walk.problem().text);
  }
  const bool all =
      (*walk)->run([](const auto& device) { std::puts(replay::line(device).c_str()); });
  return all ? 0 : fail("not all windows could be recorded; check the disk of the store");
}
