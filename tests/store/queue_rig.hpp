// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/identity.hpp"
#include "aiot/store/queue.hpp"
#include "ports/sim/flash.hpp"

/// A queue on simulated flash beside a model of what it promises. No heap: runs on a
/// microcontroller.
namespace aiot::store_test {

inline constexpr std::size_t kMaxRecord = 300;
inline constexpr std::uint32_t kRemembered = 2048;  // records of a stream whose content is known

/// xorshift32: the same everywhere.
class Random {
 public:
  explicit Random(std::uint32_t seed) noexcept : state_(seed == 0 ? 1 : seed) {}

  std::uint32_t next() noexcept {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 17U;
    state_ ^= state_ << 5U;
    return state_;
  }

  /// In [0, end).
  std::uint32_t below(std::uint32_t end) noexcept { return (next() >> 8U) % end; }

 private:
  std::uint32_t state_;
};

/// The record that `salt` stands for, at most `most` bytes; some look like erased flash, wholly or
/// up to their last byte.
inline Bytes make_record(std::uint32_t salt,
                         std::uint32_t most,
                         std::span<std::byte> out) noexcept {
  Random random(salt * 2654435761U + 1);
  const std::uint32_t size = 1 + random.below(std::min<std::uint32_t>(most, kMaxRecord));
  const std::uint32_t style = random.below(8);
  for (std::uint32_t i = 0; i < size; ++i) {
    out[i] = static_cast<std::byte>(random.next() >> 11U & 0xFFU);
  }
  if (style < 3) {
    std::fill_n(out.begin(), size, style == 0 ? std::byte{0} : std::byte{0xFF});
  }
  if (style == 2) {
    out[size - 1] = std::byte{0x55};
  }
  return out.first(size);
}

inline BatchHash make_hash(std::uint64_t last) noexcept {
  BatchHash hash{};
  hash[0] = std::byte{0xA5};
  store_le64(&hash[4], last + 1);
  return hash;
}

/// What one stream has promised.
struct StreamModel {
  std::array<std::uint32_t, kRemembered> salts{};
  std::uint64_t accepted = 0;       // push or sync returned OK for all below
  std::uint64_t possible = 0;       // handed over at least: may survive a cut
  std::uint64_t acknowledged = 0;   // acknowledge returned OK for all below
  std::uint64_t acknowledging = 0;  // an acknowledge was cut; equal to the above otherwise
  std::uint64_t evictable = 0;      // gaps may show below this only
};

using StreamModels = std::array<StreamModel, kStreams>;

/// The queue, the model, and the steps that change both. The first broken promise stays in `wrong`.
class QueueRig {
 public:
  QueueRig(sim::SimFlash& device, std::span<const store::StreamConfig> configs) noexcept
      : flash_(device), configs_(configs) {}

  const char* wrong() const noexcept { return wrong_; }

  const StreamModels& models() const noexcept { return models_; }

  void set_models(const StreamModels& models) noexcept { models_ = models; }

  store::Queue& queue() noexcept { return queue_; }

  /// Mounts, reads everything back and compares.
  void mount() noexcept {
    const Status mounted = queue_.mount(flash_, configs_);
    expect(mounted.ok(), "mount failed");
    for (std::size_t i = 0; i < configs_.size() && wrong_ == nullptr; ++i) {
      settle(i);
    }
  }

  /// One step of the workload. False when the power failed in it.
  bool step(Random& random) noexcept {
    const auto stream = random.below(static_cast<std::uint32_t>(configs_.size()));
    const std::uint32_t dice = random.below(100);
    for (std::size_t i = 0; i < configs_.size(); ++i) {
      remember_oldest(i);
    }
    if (dice < 55) {
      push(stream, random.next());
    } else if (dice < 68) {
      append(stream, random.next());
    } else if (dice < 74) {
      sync();
    } else if (dice < 87) {
      drain(stream, 1 + random.below(12));
    } else if (flash_.powered()) {
      const auto worked = queue_.service(0);
      expect(worked.ok() || !flash_.powered(), "service failed");
    }
    return flash_.powered();
  }

  /// What a device does first after a restart, on every stream.
  void recovery_script(std::uint32_t salt) noexcept {
    for (std::size_t i = 0; i < configs_.size() && flash_.powered(); ++i) {
      remember_oldest(i);
      push(i, salt + static_cast<std::uint32_t>(i));
      if (flash_.powered()) {
        drain(i, 3);
      }
    }
    for (std::size_t i = 0; i < configs_.size() && flash_.powered(); ++i) {
      remember_oldest(i);
      const auto worked = queue_.service(0);
      expect(worked.ok() || !flash_.powered(), "service failed");
    }
  }

  void push(std::size_t stream, std::uint32_t salt) noexcept {
    if (!append(stream, salt)) {
      return;
    }
    sync();
  }

  /// False when the record was not taken.
  bool append(std::size_t stream, std::uint32_t salt) noexcept {
    const auto name = static_cast<Stream>(stream);
    StreamModel& model = models_[stream];
    const std::uint64_t sequence = queue_.next_sequence(name);
    model.salts[sequence % kRemembered] = salt;
    const Bytes record = make_record(salt, queue_.max_record(name), record_);
    const Status appended = queue_.append(name, record);
    if (appended.error() == Error::kNoSpace) {
      expect(configs_[stream].on_full == store::OnFull::kRefuseNewest, "dropping stream refused");
      expect(queue_.next_sequence(name) == sequence, "refused, but the sequence moved");
      return false;
    }
    expect(appended.ok() || !flash_.powered(), "append failed");
    model.possible = std::max(model.possible, sequence + 1);
    return appended.ok();
  }

  void sync() noexcept {
    const Status synced = queue_.sync();
    expect(synced.ok() || !flash_.powered(), "sync failed");
    for (std::size_t i = 0; synced.ok() && i < configs_.size(); ++i) {
      models_[i].accepted = models_[i].possible = queue_.next_sequence(static_cast<Stream>(i));
    }
  }

  /// Reads up to `entries` entries from the oldest one, compares, acknowledges them.
  void drain(std::size_t stream, std::uint32_t entries) noexcept {
    store::ReadCursor cursor;
    StreamModel& model = models_[stream];
    std::uint64_t next = model.acknowledged;
    for (std::uint32_t i = 0; i < entries; ++i) {
      if (!read_one(stream, cursor, next)) {
        break;
      }
    }
    if (next == model.acknowledged || wrong_ != nullptr) {
      return;
    }
    model.acknowledging = next;
    const auto name = static_cast<Stream>(stream);
    const Status done = queue_.acknowledge(name, next - 1, make_hash(next - 1));
    expect(done.ok() || !flash_.powered(), "acknowledge failed");
    if (done.ok()) {
      model.acknowledged = next;
      accept_all();
    }
  }

  /// Reads a stream to its end and compares with the model.
  void check(std::size_t stream) noexcept {
    const auto name = static_cast<Stream>(stream);
    StreamModel& model = models_[stream];
    store::ReadCursor cursor;
    std::uint64_t next = model.acknowledged;
    while (read_one(stream, cursor, next)) {
    }
    expect(next == std::max(model.accepted, model.acknowledged), "records are missing at the end");
    const auto last = queue_.last_record(name, buffer_);
    if (model.possible == 0) {
      expect(last.error() == Error::kEmpty, "a newest record where there is none");
    } else {
      expect(last.ok(), "the newest record can not be read");
      expect(last.ok() && last->last + 1 == queue_.next_sequence(name), "not the newest record");
      expect(last.ok() && same(model, *last, queue_.max_record(name)), "newest record is wrong");
    }
  }

 private:
  void expect(bool claim, const char* otherwise) noexcept {
    if (!claim && wrong_ == nullptr) {
      wrong_ = otherwise;
    }
  }

  void accept_all() noexcept {
    for (std::size_t i = 0; i < configs_.size(); ++i) {
      models_[i].accepted = models_[i].possible = queue_.next_sequence(static_cast<Stream>(i));
    }
  }

  std::uint32_t frames_per_sector() const noexcept { return flash_.geometry().sector / 32; }

  /// A step may erase one more sector than is gone now.
  void remember_oldest(std::size_t stream) noexcept {
    if (configs_[stream].on_full == store::OnFull::kDropOldest && flash_.powered()) {
      const auto stats = queue_.stats(static_cast<Stream>(stream));
      models_[stream].evictable = stats.oldest_sequence + frames_per_sector();
    }
  }

  bool same(const StreamModel& model, const store::Entry& entry, std::uint32_t most) noexcept {
    const Bytes expected = make_record(model.salts[entry.first % kRemembered], most, record_);
    return std::equal(expected.begin(), expected.end(), entry.payload.begin(), entry.payload.end());
  }

  /// Reads one entry that must start at `next`, and moves `next` behind it.
  bool read_one(std::size_t stream, store::ReadCursor& cursor, std::uint64_t& next) noexcept {
    const auto name = static_cast<Stream>(stream);
    const StreamModel& model = models_[stream];
    const auto entry = queue_.read(name, cursor, buffer_);
    if (!entry.ok()) {
      expect(entry.error() == Error::kEmpty, "read failed");
      return false;
    }
    expect(entry->first == next, "an entry out of order");
    expect(entry->last >= entry->first, "an entry that ends before it starts");
    if (entry->kind == store::EntryKind::kGap) {
      expect(entry->last < model.evictable, "an accepted record is lost");
    } else {
      expect(entry->last == entry->first, "a record with two sequences");
      expect(entry->last < model.possible, "a record that nobody wrote");
      expect(same(model, *entry, queue_.max_record(name)), "a record has other bytes");
    }
    next = entry->last + 1;
    return wrong_ == nullptr;
  }

  /// After a mount: the promises, then what the flash says is the truth.
  void settle(std::size_t stream) noexcept {
    StreamModel& model = models_[stream];
    const auto name = static_cast<Stream>(stream);
    const std::uint64_t next = queue_.next_sequence(name);
    expect(next >= model.accepted, "the sequence has restarted");
    expect(next <= model.possible, "the sequence ran ahead");
    const std::uint64_t first = queue_.first_unacknowledged(name);
    expect(first == model.acknowledged || first == model.acknowledging, "the cursor moved");
    expect(first == 0 || queue_.acknowledged_hash(name) == make_hash(first - 1), "wrong hash");
    model.acknowledged = model.acknowledging = first;
    model.accepted = model.possible = next;
    check(stream);
  }

  sim::SimFlash& flash_;
  std::span<const store::StreamConfig> configs_;
  store::Queue queue_;
  StreamModels models_{};
  std::array<std::byte, kMaxRecord> record_{};
  std::array<std::byte, kMaxRecord> buffer_{};
  const char* wrong_ = nullptr;
};

}  // namespace aiot::store_test
