// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/hal/flash.hpp"
#include "aiot/store/queue.hpp"

/// A queue on a simulated device beside a model of what it promises. No heap: runs on a
/// microcontroller.
namespace aiot::store_test {

inline constexpr std::size_t kMaxRecord = 300;      // unless the caller has room for more
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

/// Bytes of the record that `salt` stands for.
inline std::uint32_t record_size(std::uint32_t salt, std::uint32_t most) noexcept {
  return 1 + Random(salt * 2654435761U + 1).below(most);
}

/// The record that `salt` stands for, at most `most` bytes; some look like erased flash, wholly or
/// up to their last byte.
inline Bytes make_record(std::uint32_t salt,
                         std::uint32_t most,
                         std::span<std::byte> out) noexcept {
  Random random(salt * 2654435761U + 1);
  const std::uint32_t size = 1 + random.below(most);
  const std::uint32_t style = random.below(8);
  for (std::uint32_t i = 0; i < size; i += 4) {
    std::array<std::byte, 4> word{};
    store_le32(word.data(), random.next());
    std::copy_n(word.begin(), std::min<std::uint32_t>(4, size - i), out.subspan(i).begin());
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
  std::uint64_t accepted = 0;       // push or sync returned OK for all below
  std::uint64_t possible = 0;       // handed over at least: may survive a cut
  std::uint64_t acknowledged = 0;   // acknowledge returned OK for all below
  std::uint64_t acknowledging = 0;  // an acknowledge was cut; equal to the above otherwise
  std::uint64_t evictable = 0;      // accepted records may be missing below this only

  /// Which record has this sequence.
  std::uint32_t salt(std::uint64_t sequence) const noexcept { return at(sequence) & ~kUnsure; }

  void set_salt(std::uint64_t sequence, std::uint32_t salt) noexcept {
    earlier_[static_cast<std::size_t>(sequence % earlier_.size())] = this->salt(sequence);
    salts_[sequence % kRemembered] = salt | kUnsure;
  }

  /// Takes the record that was handed over before this one, for the same sequence.
  void set_earlier(std::uint64_t sequence) noexcept {
    salts_[sequence % kRemembered] =
        earlier_[static_cast<std::size_t>(sequence % earlier_.size())] | kUnsure;
  }

  /// It was not accepted and may be missing.
  bool unsure(std::uint64_t sequence) const noexcept { return (at(sequence) & kUnsure) != 0; }

  void set_sure(std::uint64_t sequence) noexcept { salts_[sequence % kRemembered] &= ~kUnsure; }

  void set_unsure(std::uint64_t sequence) noexcept { salts_[sequence % kRemembered] |= kUnsure; }

 private:
  static constexpr std::uint32_t kUnsure = 0x8000'0000U;

  std::uint32_t at(std::uint64_t sequence) const noexcept { return salts_[sequence % kRemembered]; }

  std::array<std::uint32_t, kRemembered> salts_{};
  std::array<std::uint32_t, 64> earlier_{};
};

using StreamModels = std::array<StreamModel, kStreams>;

/// How often, of 100 steps, each kind of step is done; the rest is idle work.
struct Mix {
  std::uint32_t push = 55;
  std::uint32_t append = 13;
  std::uint32_t sync = 6;
  std::uint32_t drain = 13;
};

/// The consumer keeps up.
inline constexpr Mix kBalanced{};
/// It does not: records are evicted, or refused.
inline constexpr Mix kSlowConsumer{.push = 60, .append = 15, .sync = 6, .drain = 2};
/// Many records between two syncs.
inline constexpr Mix kGroupCommits{.push = 8, .append = 62, .sync = 8, .drain = 9};

/// The queue, the model, and the steps that change both. The first broken promise stays in `wrong`.
class QueueRig {
 public:
  /// How much of a stream is read back after a mount.
  enum class Check : std::uint8_t {
    kAll,
    kEnds,  ///< the oldest and the newest entries: where a restart and one cut can do harm
  };

  /// `device`: a flash device that can lose power. Records have up to `kMaxRecord` bytes.
  template <class Device>
  QueueRig(Device& device, std::span<const store::StreamConfig> configs) noexcept
      : flash_(device),
        device_(&device),
        powered_([](const void* d) { return static_cast<const Device*>(d)->powered(); }),
        configs_(configs),
        record_(own_record_),
        buffer_(own_buffer_) {}

  QueueRig(const QueueRig&) = delete;
  QueueRig& operator=(const QueueRig&) = delete;

  const char* wrong() const noexcept { return wrong_; }

  const StreamModels& models() const noexcept { return models_; }

  void set_models(const StreamModels& models) noexcept { models_ = models; }

  store::Queue& queue() noexcept { return queue_; }

  /// Records have up to half of `room`, which the caller keeps alive.
  void set_record_room(MutableBytes room) noexcept {
    record_ = room.first(room.size() / 2);
    buffer_ = room.last(room.size() / 2);
  }

  /// `sectors` of the device are bad: calls may fail with `kIo` while it has power, and a step may
  /// evict so many sectors more.
  void expect_bad_sectors(std::uint32_t sectors) noexcept { bad_sectors_ = sectors; }

  /// Entries that were gaps because of an eviction, counted at every read.
  std::uint64_t evictions_seen() const noexcept { return evictions_seen_; }

  /// Mounts, reads back and compares; nothing when the power fails meanwhile.
  void mount(Check check) noexcept {
    if (!mount_only()) {
      return;
    }
    for (std::size_t i = 0; i < configs_.size() && wrong_ == nullptr; ++i) {
      settle(i, check);
    }
  }

  void mount() noexcept { mount(Check::kAll); }

  /// Mounts what was read back and compared before. False when the power failed.
  bool mount_only() noexcept {
    const Status mounted = queue_.mount(flash_, configs_);
    expect(mounted.ok() || !powered(), "mount failed");
    return mounted.ok();
  }

  /// One step of the workload. False when the power failed in it.
  bool step(Random& random) noexcept { return step(random, kBalanced); }

  bool step(Random& random, const Mix& mix) noexcept {
    const auto stream = random.below(static_cast<std::uint32_t>(configs_.size()));
    const std::uint32_t dice = random.below(100);
    for (std::size_t i = 0; i < configs_.size(); ++i) {
      remember_oldest(i);
    }
    if (dice < mix.push) {
      push(stream, random.next());
    } else if (dice < mix.push + mix.append) {
      append(stream, random.next());
    } else if (dice < mix.push + mix.append + mix.sync) {
      sync();
    } else if (dice < mix.push + mix.append + mix.sync + mix.drain) {
      drain(stream, 1 + random.below(12));
    } else {
      service();
    }
    return powered();
  }

  /// What a device does first after a restart, on every stream.
  void recovery_script(std::uint32_t salt) noexcept {
    for (std::size_t i = 0; i < configs_.size() && powered(); ++i) {
      remember_oldest(i);
      push(i, salt + static_cast<std::uint32_t>(i));
      if (powered()) {
        remember_oldest(i);
        drain(i, 3);
      }
    }
    for (std::size_t i = 0; i < configs_.size() && powered(); ++i) {
      remember_oldest(i);
      service();
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
    model.set_salt(sequence, salt);
    const Bytes record = make_record(model.salt(sequence), longest(stream), record_);
    const Status appended = queue_.append(name, record);
    if (appended.error() == Error::kNoSpace) {
      expect(configs_[stream].on_full == store::OnFull::kRefuseNewest, "dropping stream refused");
      expect(queue_.next_sequence(name) == sequence, "refused, but the sequence moved");
      return false;
    }
    expect(appended.ok() || may_fail(appended), "append failed");
    model.possible = std::max(model.possible, sequence + 1);
    if (appended.ok()) {
      model.set_sure(sequence);
    }
    return appended.ok();
  }

  void sync() noexcept {
    const Status synced = queue_.sync();
    expect(synced.ok() || may_fail(synced), "sync failed");
    if (synced.ok()) {
      accept_all();
    }
  }

  void service() noexcept {
    const auto worked = queue_.service(0);
    expect(worked.ok() || may_fail(worked.error()), "service failed");
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
    model.acknowledging = std::max(model.acknowledging, next);
    const auto name = static_cast<Stream>(stream);
    const Status done = queue_.acknowledge(name, next - 1, make_hash(next - 1));
    expect(done.ok() || may_fail(done), "acknowledge failed");
    if (done.ok()) {
      model.acknowledged = model.acknowledging = next;
      accept_all();
    }
  }

  /// Reads a stream to its end and compares with the model.
  void check(std::size_t stream) noexcept {
    store::ReadCursor cursor;
    std::uint64_t next = models_[stream].acknowledged;
    while (read_one(stream, cursor, next)) {
    }
    check_end(stream, next);
  }

 private:
  static constexpr std::uint32_t kEndEntries = 6;

  bool powered() const noexcept { return powered_(device_); }

  void expect(bool claim, const char* otherwise) noexcept {
    if (!claim && wrong_ == nullptr) {
      wrong_ = otherwise;
    }
  }

  bool may_fail(Status status) const noexcept {
    return !powered() || (bad_sectors_ != 0 && status.error() == Error::kIo);
  }

  void accept_all() noexcept {
    for (std::size_t i = 0; i < configs_.size(); ++i) {
      models_[i].accepted = models_[i].possible = queue_.next_sequence(static_cast<Stream>(i));
    }
  }

  std::uint32_t longest(std::size_t stream) const noexcept {
    return std::min(queue_.max_record(static_cast<Stream>(stream)),
                    static_cast<std::uint32_t>(record_.size()));
  }

  /// A step may evict one more sector than is gone now: not more records than one can hold.
  void remember_oldest(std::size_t stream) noexcept {
    if (configs_[stream].on_full != store::OnFull::kDropOldest || !powered()) {
      return;
    }
    StreamModel& model = models_[stream];
    std::uint64_t room = std::uint64_t{flash_.geometry().sector} * (1 + bad_sectors_);
    std::uint64_t next = queue_.stats(static_cast<Stream>(stream)).oldest_sequence;
    for (; next < model.possible; ++next) {
      const std::uint32_t size = record_size(model.salt(next), longest(stream));
      if (size > room) {
        break;
      }
      room -= size;
    }
    model.evictable = next;
  }

  bool same(std::size_t stream, const store::Entry& entry) noexcept {
    const std::uint32_t salt = models_[stream].salt(entry.first);
    const Bytes expected = make_record(salt, longest(stream), record_);
    return std::equal(expected.begin(), expected.end(), entry.payload.begin(), entry.payload.end());
  }

  /// In a file a record that a cut had torn may become whole when a later cut tears the one that
  /// was written over it: both were handed over for this sequence, neither was accepted.
  bool same_or_earlier(std::size_t stream, const store::Entry& entry) noexcept {
    StreamModel& model = models_[stream];
    if (same(stream, entry) || !flash_.geometry().overwrite || !model.unsure(entry.first)) {
      return same(stream, entry);
    }
    model.set_earlier(entry.first);
    return same(stream, entry);
  }

  /// Only records may be missing that were evicted or never accepted. They stay missing: a cut in
  /// the middle of an eviction takes a part of a sector.
  void check_gap(StreamModel& model, const store::Entry& gap) noexcept {
    evictions_seen_ += gap.first < model.evictable ? 1U : 0U;
    for (std::uint64_t i = gap.first; i <= gap.last; ++i) {
      expect(i < model.evictable || model.unsure(i), "an accepted record is lost");
      if (i + kRemembered > model.possible) {
        model.set_unsure(i);
      }
    }
  }

  /// Reads one entry that must start at `next`, and moves `next` behind it.
  bool read_one(std::size_t stream, store::ReadCursor& cursor, std::uint64_t& next) noexcept {
    StreamModel& model = models_[stream];
    const auto entry = queue_.read(static_cast<Stream>(stream), cursor, buffer_);
    if (!entry.ok()) {
      expect(entry.error() == Error::kEmpty, "read failed");
      return false;
    }
    expect(entry->first == next, "an entry out of order");
    expect(entry->last >= entry->first, "an entry that ends before it starts");
    if (entry->kind == store::EntryKind::kGap) {
      check_gap(model, *entry);
    } else {
      expect(entry->last == entry->first, "a record with two sequences");
      expect(entry->last < model.possible, "a record that nobody wrote");
      expect(same_or_earlier(stream, *entry), "a record has other bytes");
      model.set_sure(entry->first);
    }
    next = entry->last + 1;
    return wrong_ == nullptr;
  }

  /// A reader that came to its end stands at `next`.
  void check_end(std::size_t stream, std::uint64_t next) noexcept {
    const auto name = static_cast<Stream>(stream);
    const StreamModel& model = models_[stream];
    expect(next == std::max(model.accepted, model.acknowledged), "records are missing at the end");
    std::uint64_t sure = model.possible;
    while (sure > 0 && sure + kRemembered > model.possible && model.unsure(sure - 1)) {
      --sure;
    }
    const auto last = queue_.last_record(name, buffer_);
    if (model.possible == 0) {
      expect(last.error() == Error::kEmpty, "a newest record where there is none");
    } else if (sure != 0 || last.ok()) {
      expect(last.ok(), "the newest record can not be read");
      expect(last.ok() && last->last + 1 >= sure && last->last < queue_.next_sequence(name),
             "not the newest record");
      expect(last.ok() && same(stream, *last), "newest record is wrong");
    }
  }

  /// The first entries, then those from `tail` on and the last ones.
  void check_ends(std::size_t stream, std::uint64_t tail) noexcept {
    const StreamModel& model = models_[stream];
    store::ReadCursor cursor;
    std::uint64_t next = model.acknowledged;
    for (std::uint32_t i = 0; i < kEndEntries && read_one(stream, cursor, next); ++i) {
    }
    if (next + kEndEntries < model.accepted && next < tail) {
      next = std::min(tail, model.accepted - kEndEntries);
      cursor = {.sequence = next};
    }
    while (wrong_ == nullptr && read_one(stream, cursor, next)) {
    }
    check_end(stream, next);
  }

  /// After a mount: the promises, then what the device says is the truth.
  void settle(std::size_t stream, Check check_of) noexcept {
    StreamModel& model = models_[stream];
    const auto name = static_cast<Stream>(stream);
    const std::uint64_t next = queue_.next_sequence(name);
    expect(next >= model.accepted, "the sequence has restarted");
    expect(next <= model.possible, "the sequence ran ahead");
    const std::uint64_t first = queue_.first_unacknowledged(name);
    const bool between = first >= model.acknowledged && first <= model.acknowledging;
    expect(first == model.acknowledged || first == model.acknowledging ||
               (bad_sectors_ != 0 && between),
           "the cursor moved");
    expect(first == 0 || queue_.acknowledged_hash(name) == make_hash(first - 1), "wrong hash");
    const std::uint64_t accepted = model.accepted;
    for (std::uint64_t i = accepted; i < next; ++i) {
      model.set_unsure(i);
    }
    model.acknowledged = model.acknowledging = first;
    model.accepted = model.possible = next;
    if (check_of == Check::kAll) {
      check(stream);
    } else {
      check_ends(stream, accepted);
    }
  }

  hal::FlashRef flash_;
  const void* device_;
  bool (*powered_)(const void*);
  std::span<const store::StreamConfig> configs_;
  store::Queue queue_;
  StreamModels models_{};
  std::array<std::byte, kMaxRecord> own_record_{};
  std::array<std::byte, kMaxRecord> own_buffer_{};
  MutableBytes record_;  // the record that is expected
  MutableBytes buffer_;  // the one that was read
  std::uint64_t evictions_seen_ = 0;
  std::uint32_t bad_sectors_ = 0;
  const char* wrong_ = nullptr;
};

}  // namespace aiot::store_test
