// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/error.hpp"
#include "aiot/core/time.hpp"

namespace aiot {

/// What can happen to a device beside its decisions. Numbered instead of logged: an event is eight
/// bytes of meaning on any port, and tools turn it into words. Numbers are never reused.
enum class EventId : std::uint16_t {
  kNone = 0,
  kStarted = 1,          ///< value: boot count
  kGapBefore = 2,        ///< samples were lost; value: first frame of the window behind the gap
  kSensorFailed = 3,     ///< error says why
  kPipelineFailed = 4,   ///< error says why; the window is dropped
  kQueueFailed = 5,      ///< a record was not accepted; value: stream
  kUplinkFailed = 6,     ///< error says why; the records stay queued
  kRateMismatch = 7,     ///< the sensor's rate is outside of the package's range; value: rate in Hz
  kCommissioned = 8,     ///< the machine's healthy state was learnt; value: observations
  kBaselineFailed = 9,   ///< error says why: a baseline could not be read, made or kept
  kPackageChanged = 10,  ///< another model package decides; value: first four bytes of its hash
  kTrialStarted = 11,    ///< an image is on trial; value: its type
  kConfirmed = 12,       ///< a trial was confirmed; value: type of the image
  kReturned = 13,        ///< a trial was given up; value: type, and cause * 256
  kUpdateFailed = 14,    ///< error says why: a step of an update could not be made; value: type
  kAuditFailed = 15,     ///< error says why: the audit log did not take an entry or a seal, or the
                         ///< boot record its number; value: entries that are not sealed
  kTimeKnown = 22,       ///< the wall-clock time is known; value: its uncertainty in ms
  kClockSet = 23,  ///< the clock that the time comes from was set: records name a new one from here
                   ///< on; value: by how many seconds, signed
};

struct Event {
  EventId id = EventId::kNone;
  Error error = Error::kNone;
  std::uint32_t value = 0;
  Instant at{};               ///< of the first one
  std::uint32_t repeats = 0;  ///< times that the same came again, with nothing else in between
};

/// The newest events, in memory of the application; when it is full, the oldest is overwritten and
/// counted. Only the loop writes and reads it.
class EventRing {
 public:
  /// An empty span is allowed: then events are only counted.
  explicit EventRing(std::span<Event> storage) noexcept : storage_(storage) {}

  void push(const Event& event) noexcept {
    ++total_;
    if (count_ > 0) {
      Event& newest = storage_[(first_ + count_ - 1) % storage_.size()];
      if (newest.id == event.id && newest.error == event.error && newest.value == event.value) {
        // What fails at every step must not push out what it began with.
        ++newest.repeats;
        return;
      }
    }
    if (storage_.empty()) {
      return;
    }
    storage_[(first_ + count_) % storage_.size()] = event;
    if (count_ < storage_.size()) {
      ++count_;
    } else {
      first_ = (first_ + 1) % storage_.size();
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return count_; }

  /// The i-th oldest event that is still held; `i < size()`.
  [[nodiscard]] const Event& operator[](std::size_t i) const noexcept {
    return storage_[(first_ + i) % storage_.size()];
  }

  /// Events since construction, those that were overwritten included.
  [[nodiscard]] std::uint32_t total() const noexcept { return total_; }

 private:
  std::span<Event> storage_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  std::uint32_t total_ = 0;
};

}  // namespace aiot
