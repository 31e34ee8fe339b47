// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/core/static_vector.hpp"
#include "aiot/hal/sink.hpp"
#include "aiot/link/uplink.hpp"
#include "aiot/record/cbor.hpp"
#include "aiot/record/record.hpp"
#include "ports/sim/random.hpp"

namespace aiot::link {

/// Chances in percent, each for one batch or acknowledgement.
struct Faults {
  std::uint32_t refuse = 0;         ///< `offer` fails
  std::uint32_t lose_batch = 0;     ///< taken, and never arrives
  std::uint32_t lose_ack = 0;       ///< stored, and nobody hears of it
  std::uint32_t delay_ack = 0;      ///< for up to 30 polls
  std::uint32_t duplicate_ack = 0;  ///< said twice
  std::uint32_t wrong_ack = 0;      ///< another stream, last or hash
  std::uint32_t poll_fails = 0;
};

/// A consumer behind a way that loses, delays, repeats and damages. What arrives is checked against
/// the rules of SPEC: the batch hash, the chain, no holes; duplicates are told by their identity.
class Consumer {
 public:
  static constexpr std::size_t kMaxRecords = 2048;

  explicit Consumer(std::uint64_t seed) noexcept : random_(seed) {
    for (auto& hashes : known_) {
      (void)hashes.push_back({});
    }
  }

  Status offer(const hal::Batch& batch) noexcept {
    ++offers;
    if (chance(faults.refuse)) {
      return random_.below(2) == 0 ? Error::kIo : Error::kWouldBlock;
    }
    last_batch = batch;
    last_batch.payload = {};
    if (chance(faults.lose_batch)) {
      return {};
    }
    store(batch);
    if (!chance(faults.lose_ack)) {
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

  /// How often the record arrived; gaps do not count.
  [[nodiscard]] std::uint32_t copies(Stream stream, std::uint64_t sequence) const noexcept {
    return copies_[static_cast<std::size_t>(stream)][static_cast<std::size_t>(sequence)];
  }

  [[nodiscard]] bool in_gap(Stream stream, std::uint64_t sequence) const noexcept {
    return gaps_[static_cast<std::size_t>(stream)][static_cast<std::size_t>(sequence)];
  }

  Faults faults;
  hal::Batch last_batch;
  std::uint32_t offers = 0;
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

  // Hashes that the device may name as the previous one: those stored since the one it named last.
  void follow_chain(const hal::Batch& batch) noexcept {
    auto& known = known_[static_cast<std::size_t>(batch.stream)];
    StaticVector<BatchHash, 32> still;
    bool found = false;
    for (const BatchHash& hash : known) {
      found = found || hash == batch.previous;
      if (found) {
        (void)still.push_back(hash);
      }
    }
    broken_chains += found ? 0U : 1U;
    known = still;
    (void)known.push_back(batch.hash);
  }

  void store(const hal::Batch& batch) noexcept {
    const auto stream = static_cast<std::size_t>(batch.stream);
    wrong_hashes += hash_batch(batch.previous, batch.payload) == batch.hash ? 0U : 1U;
    follow_chain(batch);
    holes += batch.first > next_[stream] ? 1U : 0U;
    record::Decoder in(batch.payload);
    std::uint64_t expected = batch.first;
    while (!in.at_end()) {
      const Result<Bytes> record = in.skip();
      if (!record.ok()) {
        ++malformed;
        return;
      }
      expected = take(*record, stream, expected);
    }
    malformed += expected == batch.last + 1U ? 0U : 1U;
    next_[stream] = expected > next_[stream] ? expected : next_[stream];
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
  std::array<Answer, 16> answers_{};
  std::array<StaticVector<BatchHash, 32>, kStreams> known_{};
  std::array<std::uint64_t, kStreams> next_{};
  std::array<std::array<std::uint8_t, kMaxRecords>, kStreams> copies_{};
  std::array<std::array<bool, kMaxRecords>, kStreams> gaps_{};
};

static_assert(hal::Sink<Consumer>);

}  // namespace aiot::link
