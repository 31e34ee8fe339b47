// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/core/static_vector.hpp"
#include "aiot/hal/sink.hpp"
#include "aiot/link/uplink.hpp"
#include "aiot/record/cbor.hpp"
#include "aiot/record/record.hpp"
#include "ports/sim/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::link {

/// Chances in percent, each for one batch or acknowledgement.
struct Faults {
  std::uint32_t refuse = 0;         ///< `offer` fails
  std::uint32_t busy = 0;           ///< `offer` would block
  std::uint32_t lose_batch = 0;     ///< taken, and never arrives
  std::uint32_t lose_ack = 0;       ///< stored, and nobody hears of it
  std::uint32_t delay_ack = 0;      ///< for up to 30 polls
  std::uint32_t duplicate_ack = 0;  ///< said twice
  std::uint32_t wrong_ack = 0;      ///< another stream, last or hash
  std::uint32_t poll_fails = 0;
};

/// The chain of one stream as the consumer sees it (SPEC, batches): the batch that the device named
/// as acknowledged last, and those that were taken and end behind it.
class Chain {
 public:
  enum class Place : std::uint8_t { kNext, kRepeated, kBroken };

  /// Where a batch stands that is not taken yet.
  [[nodiscard]] Place place(const hal::Batch& batch) const noexcept {
    if (find(batch.hash) != taken_.end()) {
      return Place::kRepeated;
    }
    const bool follows = batch.previous == floor_ || find(batch.previous) != taken_.end();
    return follows ? Place::kNext : Place::kBroken;
  }

  /// Takes the next batch; what is no newer than its previous one is forgotten.
  void take(const hal::Batch& batch) noexcept {
    if (const Taken* const named = find(batch.previous); named != taken_.end()) {
      const Taken floor = *named;
      StaticVector<Taken, kMost> newer;
      for (const Taken& taken : taken_) {
        if (taken.last > floor.last) {
          (void)newer.push_back(taken);
        }
      }
      taken_ = newer;
      floor_ = floor.hash;
    }
    EXPECT_TRUE(taken_.push_back({batch.hash, batch.last}));
  }

 private:
  static constexpr std::size_t kMost = 64;

  struct Taken {
    BatchHash hash{};
    std::uint64_t last = 0;
  };

  [[nodiscard]] const Taken* find(const BatchHash& hash) const noexcept {
    return std::find_if(
        taken_.begin(), taken_.end(), [&hash](const Taken& taken) { return taken.hash == hash; });
  }

  BatchHash floor_{};
  StaticVector<Taken, kMost> taken_;
};

/// A consumer behind a way that loses, delays, repeats and damages. What arrives is checked against
/// the rules of SPEC: the batch hash, the chain, no holes but behind a batch that was lost;
/// duplicates are told by their identity.
class Consumer {
 public:
  static constexpr std::size_t kMaxRecords = 2048;

  explicit Consumer(std::uint64_t seed) noexcept : random_(seed) {}

  [[nodiscard]] bool ready() const noexcept { return up; }

  Status offer(const hal::Batch& batch) noexcept {
    ++offers;
    while_down += up ? 0U : 1U;
    if (chance(faults.refuse)) {
      return Error::kIo;
    }
    if (chance(faults.busy)) {
      return Error::kWouldBlock;
    }
    last_batch = batch;
    last_batch.payload = {};
    if (chance(faults.lose_batch)) {
      lose(batch);
      return {};
    }
    if (store(batch) && !chance(faults.lose_ack)) {
      answer(batch);
    }
    return {};
  }

  Result<hal::BatchAck> poll() noexcept {
    ++polls_;
    if (chance(faults.poll_fails)) {
      return Error::kIo;
    }
    for (Answer& answer : answers_) {
      if (answer.due != 0 && answer.due <= polls_) {
        answer.due = 0;
        return answer.ack;
      }
    }
    return Error::kEmpty;
  }

  /// Where a batch stands that has not been offered.
  [[nodiscard]] Chain::Place place(const hal::Batch& batch) const noexcept {
    return chains_[static_cast<std::size_t>(batch.stream)].place(batch);
  }

  /// A batch that the way lost: those behind it may come too early.
  void lose(const hal::Batch& batch) noexcept {
    std::uint64_t& lost = lost_until_[static_cast<std::size_t>(batch.stream)];
    lost = batch.last + 1U > lost ? batch.last + 1U : lost;
  }

  /// How often the record arrived; gaps do not count.
  [[nodiscard]] std::uint32_t copies(Stream stream, std::uint64_t sequence) const noexcept {
    return copies_[static_cast<std::size_t>(stream)][static_cast<std::size_t>(sequence)];
  }

  [[nodiscard]] bool in_gap(Stream stream, std::uint64_t sequence) const noexcept {
    return gaps_[static_cast<std::size_t>(stream)][static_cast<std::size_t>(sequence)];
  }

  Faults faults;
  bool up = true;  ///< the link
  hal::Batch last_batch;
  std::uint32_t offers = 0;
  std::uint32_t while_down = 0;  ///< of them came when there was no link
  std::uint32_t early = 0;       ///< batches behind one that was lost: not taken
  std::uint32_t broken_chains = 0;
  std::uint32_t wrong_hashes = 0;
  std::uint32_t holes = 0;
  std::uint32_t malformed = 0;

 private:
  struct Answer {
    std::uint64_t due = 0;  // number of the poll; 0: no answer
    hal::BatchAck ack;
  };

  bool chance(std::uint32_t percent) noexcept { return random_.below(100) < percent; }

  /// False: not taken, and not acknowledged.
  bool store(const hal::Batch& batch) noexcept {
    const auto stream = static_cast<std::size_t>(batch.stream);
    wrong_hashes += hash_batch(batch.previous, batch.payload) == batch.hash ? 0U : 1U;
    const Chain::Place place = chains_[stream].place(batch);
    if (place == Chain::Place::kRepeated) {
      return true;
    }
    if (place == Chain::Place::kBroken) {
      ++broken_chains;
      return false;
    }
    if (batch.first > next_[stream]) {
      holes += next_[stream] < lost_until_[stream] ? 0U : 1U;
      ++early;
      lose(batch);
      return false;
    }
    chains_[stream].take(batch);
    record::Decoder in(batch.payload);
    std::uint64_t expected = batch.first;
    while (!in.at_end()) {
      const Result<Bytes> record = in.skip();
      if (!record.ok()) {
        ++malformed;
        return true;
      }
      expected = take(*record, stream, expected);
    }
    malformed += expected == batch.last + 1U ? 0U : 1U;
    next_[stream] = expected > next_[stream] ? expected : next_[stream];
    return true;
  }

  std::uint64_t take(Bytes bytes, std::size_t stream, std::uint64_t expected) noexcept {
    const Result<record::Header> header = record::decode_header(bytes);
    if (!header.ok() || header->sequence != expected ||
        static_cast<std::size_t>(header->stream) != stream) {
      ++malformed;
      return expected;
    }
    if (const Result<record::GapRecord> gap = record::decode_gap(bytes); gap.ok()) {
      for (std::uint64_t i = gap->first; i <= gap->last; ++i) {
        gaps_[stream][static_cast<std::size_t>(i)] = true;
      }
      return gap->last + 1U;
    }
    ++copies_[stream][static_cast<std::size_t>(expected)];
    return expected + 1U;
  }

  void answer(const hal::Batch& batch) noexcept {
    hal::BatchAck ack{batch.stream, batch.last, batch.hash};
    if (chance(faults.wrong_ack)) {
      hal::BatchAck wrong = ack;
      switch (random_.below(4)) {
        case 0:
          wrong.stream =
              static_cast<Stream>((static_cast<std::size_t>(ack.stream) + 1U) % kStreams);
          break;
        case 1:
          wrong.last += 1;
          break;
        case 2:
          wrong.hash[random_.below(16)] ^= std::byte{4};
          break;
        default:
          wrong.stream = static_cast<Stream>(200);
          break;
      }
      say(wrong, 0);
    }
    say(ack, chance(faults.delay_ack) ? random_.below(30) : 0);
    if (chance(faults.duplicate_ack)) {
      say(ack, random_.below(30));
    }
  }

  void say(const hal::BatchAck& ack, std::uint32_t delay) noexcept {
    for (Answer& answer : answers_) {
      if (answer.due == 0) {
        answer = {polls_ + 1U + delay, ack};
        return;
      }
    }
  }

  sim::Random random_;
  std::uint64_t polls_ = 0;
  std::array<Answer, 32> answers_{};
  std::array<Chain, kStreams> chains_{};
  std::array<std::uint64_t, kStreams> next_{};
  std::array<std::uint64_t, kStreams> lost_until_{};  // what is below may have to come again
  std::array<std::array<std::uint8_t, kMaxRecords>, kStreams> copies_{};
  std::array<std::array<bool, kMaxRecords>, kStreams> gaps_{};
};

static_assert(hal::Sink<Consumer>);

}  // namespace aiot::link
