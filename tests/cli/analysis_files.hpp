// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "tests/support/simulated_recording.hpp"
#include "tests/support/temp_dir.hpp"

namespace aiot::test {

/// Writes a recording as raw int16 with its manifest, which has a row for it alone.
inline std::string write_recording(const TempDir& dir,
                                   const std::string& name,
                                   const toolkit::Recording& recording) {
  const std::string folder = name + ".d/";
  std::string row = name + ".s16," + std::to_string(recording.rate_hz) + "," +
                    std::to_string(recording.scale / toolkit::kStandardGravity) + ",";
  row += recording.rpm ? std::to_string(*recording.rpm) : "";
  dir.write(folder + "manifest.csv", "file,fs_hz,scale_g_per_count,rpm\n" + row + "\n");
  return dir.write(folder + name + ".s16", std::as_bytes(std::span(recording.samples)));
}

/// The same samples everywhere.
inline toolkit::Recording constant_recording(std::int16_t value, double seconds) {
  toolkit::Recording recording = healthy_recording(seconds);
  recording.samples.assign(recording.samples.size(), value);
  return recording;
}

/// Every tenth sample is at the end of the range.
inline toolkit::Recording saturated_recording(double seconds) {
  toolkit::Recording recording = healthy_recording(seconds);
  for (std::size_t i = 0; i < recording.samples.size(); i += 10) {
    recording.samples[i] = 32767;
  }
  return recording;
}

}  // namespace aiot::test
