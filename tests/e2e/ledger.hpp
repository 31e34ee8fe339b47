// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "aiot/core/identity.hpp"
#include "aiot/record/record.hpp"
#include "aiot/store/queue.hpp"
#include "aiot/toolkit/record_archive.hpp"
#include "ports/sim/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::e2e {

/// What a device's queue has accepted, to be compared with what its consumer holds.
class Ledger {
 public:
  explicit Ledger(std::string device) : device_(std::move(device)) {}

  /// Pushes a decision; remembers it when it is accepted. Errors: those of the queue.
  Status push(store::Queue& queue, Stream stream, sim::Random& random) {
    const float features[] = {static_cast<float>(random.below(1000)), 2.0F, 3.0F};
    auto& accepted = accepted_[static_cast<std::size_t>(stream)];
    const record::DecisionRecord decision{
        .stream = stream,
        .sequence = queue.next_sequence(stream),
        .sample = 4096 * accepted.size() + random.below(4096),
        .features = std::span(features).first(1 + random.below(3))};
    std::array<std::byte, 128> bytes{};
    const auto encoded = record::encode(decision, bytes);
    EXPECT_TRUE(encoded.ok());
    EXPECT_EQ(decision.sequence, accepted.size());
    const Status pushed = queue.push(stream, *encoded);
    if (pushed.ok()) {
      accepted.emplace_back(encoded->begin(), encoded->end());
    } else {
      refused_[static_cast<std::size_t>(stream)] = {encoded->begin(), encoded->end()};
    }
    return pushed;
  }

  /// The queue was mounted again: all that was accepted counts, and a push that a power cut ended
  /// may have come through.
  void mounted(const store::Queue& queue) {
    for (std::size_t i = 0; i < kStreams; ++i) {
      const std::uint64_t next = queue.next_sequence(static_cast<Stream>(i));
      if (next == accepted_[i].size() + 1 && !refused_[i].empty()) {
        accepted_[i].push_back(refused_[i]);
      }
      EXPECT_EQ(next, accepted_[i].size());
      refused_[i].clear();
    }
  }

  [[nodiscard]] std::uint64_t accepted(Stream stream) const {
    return accepted_[static_cast<std::size_t>(stream)].size();
  }

  /// Every record that was accepted is held as it was, once, or told as a gap; nothing else is
  /// held.
  void expect_accounted(const toolkit::RecordArchive& archive) const {
    std::array<std::vector<bool>, kStreams> seen;
    for (std::size_t i = 0; i < kStreams; ++i) {
      seen[i].resize(accepted_[i].size());
    }
    archive.visit([&](const toolkit::ArchivedRecord& held) {
      const auto stream = static_cast<std::size_t>(held.stream);
      EXPECT_EQ(held.device, device_);
      const bool known = held.sequence < accepted_[stream].size();
      EXPECT_TRUE(known) << "stream " << stream << " sequence " << held.sequence;
      if (known) {
        EXPECT_TRUE(held.payload == accepted_[stream][held.sequence]);
        EXPECT_FALSE(seen[stream][held.sequence]) << "twice";
        seen[stream][held.sequence] = true;
      }
      return known;
    });
    for (const toolkit::ArchivedRange& range : archive.ranges()) {
      const auto stream = static_cast<std::size_t>(range.stream);
      EXPECT_FALSE(range.is_hole);
      ASSERT_LT(range.last, accepted_[stream].size());
      for (std::uint64_t i = range.first; i <= range.last; ++i) {
        seen[stream][i] = true;
      }
    }
    for (std::size_t i = 0; i < kStreams; ++i) {
      for (std::uint64_t n = 0; n < seen[i].size(); ++n) {
        ASSERT_TRUE(seen[i][n]) << "stream " << i << " sequence " << n;
      }
    }
    for (const toolkit::ArchivedStream& stream : archive.streams()) {
      EXPECT_EQ(stream.begin, 0U);
      EXPECT_EQ(stream.last + 1, accepted(stream.stream));
      EXPECT_EQ(stream.records + stream.gaps, accepted(stream.stream));
      EXPECT_EQ(stream.holes, 0U);
    }
  }

 private:
  std::string device_;
  std::array<std::vector<std::vector<std::byte>>, kStreams> accepted_;
  std::array<std::vector<std::byte>, kStreams> refused_;  // the last one, since the last mount
};

}  // namespace aiot::e2e
