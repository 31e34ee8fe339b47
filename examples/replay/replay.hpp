// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "aiot/core/bytes.hpp"
#include "aiot/device/device.hpp"
#include "aiot/toolkit/bearing_analysis.hpp"
#include "aiot/toolkit/loaded.hpp"
#include "aiot/toolkit/recording.hpp"

/// The pieces between a recording and a `Device` on Linux, put together once. It names ports and
/// the toolkit, so it belongs to an application: copy it and change what is different in yours.
namespace replay {

struct Config {
  std::string store;    ///< directory; what is delivered goes to `store`.cbor
  aiot::Bytes package;  ///< outlives the replay
  aiot::device::MachineConfig machine{};
};

/// Walks a recording through a device that keeps its records in a store: killed and opened again,
/// it goes on behind the last durable record.
class Replay {
 public:
  /// `recording` outlives it. Problems: one line, what is wrong; what to do.
  static aiot::toolkit::Loaded<std::unique_ptr<Replay>> open(
      const aiot::toolkit::Recording& recording, const Config& config);

  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;
  virtual ~Replay() = default;

  /// Runs to the end of the recording and until everything is delivered; `each` sees the device
  /// after each window that was recorded. False: some windows could not be recorded.
  virtual bool run(const std::function<void(const aiot::Device&)>& each) = 0;

 protected:
  Replay() = default;
};

/// "outer_race, 20.0 dB above the floor, confidence 97 %": what a whole recording says about a
/// bearing.
std::string diagnosis(const aiot::toolkit::BearingAnalysis& analysis);

/// A line about the decision that the device has just made.
std::string line(const aiot::Device& device);

/// The word behind `name` on the command line, or "".
std::string option(int argc, char** argv, const char* name);

}  // namespace replay
