// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "aiot/core/crc32.hpp"
#include "aiot/hal/sink.hpp"
#include "aiot/record/cbor.hpp"
#include "aiot/record/record.hpp"

namespace aiot::test {

/// A consumer that acknowledges every batch at once and keeps what a test asks for: how many
/// decisions there were, the last one, and a checksum of all payload bytes by stream.
class RecordSink {
 public:
  [[nodiscard]] static bool ready() noexcept { return true; }

  Status offer(const hal::Batch& batch) noexcept {
    if (refuse) {
      return Error::kIo;
    }
    const auto stream = static_cast<std::size_t>(batch.stream);
    crc[stream] = crc32(crc[stream], batch.payload);
    record::Decoder in(batch.payload);
    while (!in.at_end()) {
      const Result<Bytes> record = in.skip();
      if (!record.ok()) {
        return Error::kCorrupt;
      }
      take(*record);
    }
    ack_ = hal::BatchAck{batch.stream, batch.last, batch.hash};
    return {};
  }

  Result<hal::BatchAck> poll() noexcept {
    if (!ack_.has_value()) {
      return Error::kEmpty;
    }
    const hal::BatchAck ack = *ack_;
    ack_.reset();
    return ack;
  }

  bool refuse = false;
  std::uint32_t contexts = 0;
  std::uint32_t decisions = 0;
  std::uint32_t gaps = 0;
  std::uint32_t redelivered = 0;       ///< had been delivered before; not counted elsewhere
  std::uint32_t out_of_order = 0;      ///< sequences that did not follow the one before
  std::uint32_t repeated_samples = 0;  ///< decisions on a window that had one before
  std::uint8_t last_label = kUnknownLabel;
  std::array<std::uint32_t, kStreams> crc{};

 private:
  void take(Bytes bytes) noexcept {
    const auto header = record::decode_header(bytes);
    if (!header.ok()) {
      return;
    }
    if (header->kind == static_cast<std::uint64_t>(record::Kind::kGap)) {
      ++gaps;
      return;
    }
    const auto stream = static_cast<std::size_t>(header->stream);
    if (header->sequence < next_[stream]) {
      ++redelivered;
      return;
    }
    out_of_order += header->sequence == next_[stream] ? 0U : 1U;
    next_[stream] = header->sequence + 1U;
    if (header->kind == static_cast<std::uint64_t>(record::Kind::kContext)) {
      ++contexts;
    } else if (const auto decision = record::decode_decision(bytes); decision.ok()) {
      ++decisions;
      last_label = decision->label;
      repeated_samples += samples_seen(decision->sample) ? 1U : 0U;
    }
  }

  // Windows begin at multiples of the hop, 1024 frames in the packages that tests use.
  bool samples_seen(std::uint64_t sample) noexcept {
    const std::size_t window = static_cast<std::size_t>(sample / 1024U) % windows_.size();
    const bool seen = windows_[window];
    windows_[window] = true;
    return seen;
  }

  std::optional<hal::BatchAck> ack_;
  std::array<bool, 4096> windows_{};
  std::array<std::uint64_t, kStreams> next_{};
};

static_assert(hal::Sink<RecordSink>);

}  // namespace aiot::test
