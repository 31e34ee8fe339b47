// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"
#include "aiot/core/time.hpp"
#include "aiot/hal/sink.hpp"

namespace aiot::link {

/// A moment in UTC: milliseconds since 1970 without leap seconds, true within +- `uncertainty_ms`.
struct WallTime {
  std::int64_t unix_ms = 0;
  std::int64_t uncertainty_ms = 0;
};

struct WallClockConfig {
  std::uint32_t drift_ppm = 100;  ///< of this device's clock against the other side's; to 100000
  /// The other side's clock may wander by so much without our calling it a jump.
  Duration jump_tolerance = Duration::from_ms(1000);
};

enum class SightingResult : std::uint8_t {
  kFirst,       ///< the time is known from now on
  kBetter,      ///< taken: it is less uncertain than what was known has become
  kWorse,       ///< agrees, and is not needed
  kJumped,      ///< contradicts what was known: the other clock was set. It was taken
  kImpossible,  ///< no time between 1970 and 9999: ignored
};

/// Wall-clock time as an offset to the time since boot. Each sighting of a remote clock says that
/// it showed a time at some moment between two of ours: half of the time between is the
/// uncertainty, and it grows by the drift with the distance to the sighting. The best sighting is
/// kept.
///
/// The other clock is believed: its seal must have been checked, and it must be fresh (see
/// `OfferTimes`). An answer that somebody delays makes a sighting more uncertain, never wrong.
class WallClock {
 public:
  explicit WallClock(const WallClockConfig& config) noexcept;

  /// The remote clock showed `unix_ms` at some moment in [sent, received].
  SightingResult sight(Instant sent, Instant received, std::int64_t unix_ms) noexcept;

  [[nodiscard]] bool known() const noexcept { return known_; }

  /// The wall-clock time of any moment since boot: now, or of a record that was made before the
  /// time was known. Errors: `kEmpty` not known yet; `kOutOfRange` a moment beyond the year 9999 or
  /// before 1970.
  [[nodiscard]] Result<WallTime> at(Instant moment) const noexcept;

  /// How far the newest jump went, in milliseconds; negative: back. 0: there was none.
  [[nodiscard]] std::int64_t last_jump_ms() const noexcept { return jump_us_ / 1000; }

  [[nodiscard]] std::uint32_t jumps() const noexcept { return jumps_; }

 private:
  [[nodiscard]] std::int64_t uncertainty_us(Instant moment) const noexcept;

  WallClockConfig config_;
  bool known_ = false;
  std::uint32_t jumps_ = 0;
  Instant sighted_{};         // middle of the best sighting
  std::int64_t unix_us_ = 0;  // then
  std::int64_t half_us_ = 0;  // uncertainty then
  std::int64_t jump_us_ = 0;
};

/// When each batch in flight was offered first. An acknowledgement names the hash of its batch, so
/// it was made after that moment, however old or often repeated it is: this makes sightings fresh.
/// But a batch that was offered before a restart may be offered again with the same bytes:
/// acknowledgements of an earlier start have to be told apart first (`SealConfig::run`).
class OfferTimes {
 public:
  /// `batch` was sent at `now`; a repetition with the same hash keeps the first moment. Of more
  /// than `hal::kMaxBatchesInFlight` of a stream the oldest is forgotten.
  void offered(const hal::Batch& batch, Instant now) noexcept;

  /// The moment before which `ack` can not have been made. Errors: `kEmpty` no such batch is known.
  [[nodiscard]] Result<Instant> of(const hal::BatchAck& ack) const noexcept;

 private:
  struct Offer {
    Instant first{};
    BatchHash hash{};
    bool known = false;
  };

  struct Lane {
    std::array<Offer, hal::kMaxBatchesInFlight> offers{};
    std::size_t next = 0;  // is overwritten next: the oldest
  };

  [[nodiscard]] static const Offer* find(const Lane& lane, const BatchHash& hash) noexcept;

  std::array<Lane, kStreams> lanes_{};
};

}  // namespace aiot::link
