// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "aiot/hal/sensor.hpp"
#include "ports/baremetal/semihosting.hpp"

namespace aiot::baremetal {

/// A sensor that replays a replay stream (SPEC, "Replay stream") from a file of the host.
///
/// It writes only what the ring has room for, so it never overruns: the emulated board sees the
/// same samples however fast it runs. Losses are reported where the file has them.
class SemihostingSensor {
 public:
  /// Reads the header; `format` is right from then on. Errors: `kIo` no such file; `kCorrupt` not a
  /// replay stream; `kUnsupported` another version or width, or a first frame from 2^48 on.
  Status open(std::string_view path) noexcept;

  hal::SensorFormat format() const noexcept { return format_; }

  /// `kWrongState` without an open file.
  Status start(SampleRing& ring) noexcept;

  /// Moves at most `kSamplesPerService` samples. `kEmpty` after the last one; `kIo` when the file
  /// ends inside a chunk or can not be read.
  Status service() noexcept;

 private:
  static constexpr std::uint32_t kSamplesPerService = 512;

  Status read_chunk_header() noexcept;
  void report_loss() noexcept;

  semihosting::File file_;
  hal::SensorFormat format_{};
  SampleRing* ring_ = nullptr;
  std::uint64_t lost_ = 0;           // samples, not told to the ring yet
  std::uint32_t left_in_chunk_ = 0;  // samples
  Status ended_{};                   // why no more samples come, once none come
};

static_assert(hal::SensorSource<SemihostingSensor>);

}  // namespace aiot::baremetal
