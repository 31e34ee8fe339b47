// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/flash.hpp"
#include "aiot/store/frame_log.hpp"
#include "aiot/update/image.hpp"

namespace aiot::update {

inline constexpr std::size_t kSlots = 2;  ///< A and B of a pair

enum class SlotState : std::uint8_t {
  kEmpty = 0,      ///< nothing was recorded of it; never started
  kReceiving = 1,  ///< an image is being written; never started
  kTrial = 2,      ///< verified, to be started until it is confirmed or its tries are used up
  kConfirmed = 3,  ///< verified and found healthy
  kReturned = 4,   ///< given up, see its `Cause`; never started
};

/// Why a slot was given up. The numbers are those of the flash.
enum class Cause : std::uint8_t {
  kNone = 0,
  kTriesUsedUp = 1,   ///< started as often as it may be, and never confirmed
  kWatchdog = 2,      ///< a watchdog reset during the trial
  kBadImage = 3,      ///< its image does not verify (any more)
  kGoldenWindow = 4,  ///< the package's golden window gave another output
  kNoSamples = 5,     ///< not one window was through
  kNotDelivered = 6,  ///< no record was acknowledged while the link was up
  kDeadline = 7,      ///< neither healthy nor failed in time: not enough windows
  kRequest = 8,       ///< somebody asked for it
};

/// Words for logs and tools; never null.
const char* to_string(Cause cause) noexcept;

/// Starts that a trial has, the first one included.
inline constexpr std::uint8_t kTrialTries = 3;

ImageId image_id(const Hash256& hash) noexcept;

struct SlotRecord {
  SlotState state = SlotState::kEmpty;
  std::uint8_t tries = 0;      ///< starts that are left; only of `kTrial`
  Cause cause = Cause::kNone;  ///< only of `kReturned`
  bool told = false;           ///< the audit log has the return; only of `kReturned`
  std::uint32_t progress = 0;  ///< bytes from the start that are durable; only of `kReceiving`
  std::uint32_t counter = 0;   ///< security counter of the image; 0: it has none
  Version version{};
  ImageId id{};

  friend bool operator==(const SlotRecord&, const SlotRecord&) noexcept = default;
};

/// The two slots of an image type.
struct SlotPair {
  std::uint32_t counter = 0;  ///< images with a lower security counter are not started
  std::uint8_t active = 0;    ///< the slot that is started when there is no trial
  std::array<SlotRecord, kSlots> slot{};

  friend bool operator==(const SlotPair&, const SlotPair&) noexcept = default;
};

/// Nothing was ever recorded of the pair: what its slots hold came from the factory.
bool is_factory(const SlotPair& pair) noexcept;

/// Whether the pair is one that the state machine can reach: values in their ranges, fields zero
/// that the state has no use for, at most one trial and none beside a slot that is being written,
/// `active` a confirmed slot when there is one.
bool is_valid(const SlotPair& pair) noexcept;

struct BootState {
  std::uint32_t boots = 0;
  std::uint32_t seal = 0;                    ///< number of the audit log's newest seal
  std::array<SlotPair, kImageTypes> pair{};  ///< by `ImageType`

  SlotPair& of(ImageType type) noexcept { return pair[static_cast<std::size_t>(type)]; }

  [[nodiscard]] const SlotPair& of(ImageType type) const noexcept {
    return pair[static_cast<std::size_t>(type)];
  }

  friend bool operator==(const BootState&, const BootState&) noexcept = default;
};

/// Layout: SPEC, "Boot record".
inline constexpr std::size_t kSlotRecordBytes = 36;
inline constexpr std::size_t kSlotPairBytes = 5 + kSlots * kSlotRecordBytes;
inline constexpr std::size_t kBootStateBytes = 9 + kImageTypes * kSlotPairBytes;

/// A pair that is not valid is a bug of the caller.
std::array<std::byte, kBootStateBytes> encode(const BootState& state) noexcept;

/// Four bytes are a boot count alone, as devices without slots write it.
/// Errors: `kUnsupported` another version of the layout; `kCorrupt` another size, or a value that
/// `encode` does not write.
Result<BootState> decode(Bytes bytes) noexcept;

/// The state of both pairs on flash, in one frame of a `store::FrameLog`: a `write` is there
/// completely after a power cut, or not at all, so it is the only commit there is.
///
/// One object a region: two would overwrite each other.
class BootRecord {
 public:
  /// Finds the newest state; reads only. A region without one is blank only when all of it could be
  /// read and nothing but its first sector was ever written: a record that has become unreadable is
  /// never taken for that of a new device.
  /// Errors: those of `FrameLog::mount`; `kCorrupt` there were records and none is readable, or the
  /// newest does not decode; `kUnsupported` see `decode`; `kIo`.
  Status mount(hal::FlashRef flash, const hal::FlashRegion& region) noexcept;

  /// The way out when `mount` fails, for a boot loader that waits for an image: `state` counts from
  /// here on. Nothing is touched; the first `write` makes the region anew, whatever it held. A
  /// power cut meanwhile leaves a region that can not be mounted, and never one that looks blank:
  /// that would be taken for a new device's.
  void replace(hal::FlashRef flash,
               const hal::FlashRegion& region,
               const BootState& state) noexcept;

  [[nodiscard]] bool mounted() const noexcept { return log_.mounted() || lost_.has_value(); }

  /// As read by `mount` and changed by `write`; all zero in a blank region.
  [[nodiscard]] const BootState& state() const noexcept { return state_; }

  /// Nothing was ever recorded.
  [[nodiscard]] bool blank() const noexcept { return log_.next_sequence() == 0; }

  /// Replaces the state, durably. When it fails `state()` stays, and the next `mount` finds the old
  /// or the new one. Errors: `kIo`, `kWrongState` not mounted; `kNoSpace` sectors too small.
  Status write(const BootState& state) noexcept;

  /// Counts a boot, durably, and returns its number: 1 for the first. Errors: those of `write`.
  Result<std::uint32_t> count_boot() noexcept;

 private:
  struct Lost {
    hal::FlashRef flash;
    hal::FlashRegion region;
  };

  Status renew() noexcept;

  store::FrameLog log_;
  BootState state_;
  std::optional<Lost> lost_;  // the region, until it is made anew
};

/// Counts a boot in `region`, durably, and returns the number of this one: 1 for the first. For
/// devices without slots: what else the record holds is handed on as it is. A region of size 0 is
/// allowed and counts nothing: always 1. Errors: those of `store::FrameLog`.
Result<std::uint32_t> count_boot(hal::FlashRef flash, const hal::FlashRegion& region) noexcept;

}  // namespace aiot::update
