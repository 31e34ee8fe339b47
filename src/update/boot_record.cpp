// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/update/boot_record.hpp"

#include <algorithm>

#include "aiot/core/check.hpp"

namespace aiot::update {
namespace {

constexpr std::uint8_t kLayout = 1;
constexpr std::size_t kCountBytes = 4;
constexpr std::size_t kPairsOffset = 9;

// In a slot's record.
constexpr std::size_t kProgressOffset = 4;
constexpr std::size_t kCounterOffset = 8;
constexpr std::size_t kVersionOffset = 12;
constexpr std::size_t kIdOffset = 20;

// In a pair's.
constexpr std::size_t kActiveOffset = 4;
constexpr std::size_t kSlotsOffset = 5;

constexpr int kSpareAttempts = 3;

void encode_slot(const SlotRecord& slot, std::byte* out) noexcept {
  out[0] = static_cast<std::byte>(slot.state);
  out[1] = static_cast<std::byte>(slot.tries);
  out[2] = static_cast<std::byte>(slot.cause);
  out[3] = static_cast<std::byte>(slot.told ? 1 : 0);
  store_le32(out + kProgressOffset, slot.progress);
  store_le32(out + kCounterOffset, slot.counter);
  out[kVersionOffset] = static_cast<std::byte>(slot.version.major);
  out[kVersionOffset + 1] = static_cast<std::byte>(slot.version.minor);
  store_le16(out + kVersionOffset + 2, slot.version.revision);
  store_le32(out + kVersionOffset + 4, slot.version.build);
  std::copy(slot.id.begin(), slot.id.end(), out + kIdOffset);
}

/// False when a byte is no value of its enumeration; ranges are for `is_valid`.
bool decode_slot(const std::byte* in, SlotRecord& slot) noexcept {
  slot.state = static_cast<SlotState>(in[0]);
  slot.tries = std::to_integer<std::uint8_t>(in[1]);
  slot.cause = static_cast<Cause>(in[2]);
  slot.told = in[3] != std::byte{0};
  slot.progress = load_le32(in + kProgressOffset);
  slot.counter = load_le32(in + kCounterOffset);
  slot.version.major = std::to_integer<std::uint8_t>(in[kVersionOffset]);
  slot.version.minor = std::to_integer<std::uint8_t>(in[kVersionOffset + 1]);
  slot.version.revision = load_le16(in + kVersionOffset + 2);
  slot.version.build = load_le32(in + kVersionOffset + 4);
  std::copy_n(in + kIdOffset, slot.id.size(), slot.id.begin());
  return in[0] <= static_cast<std::byte>(SlotState::kReturned) &&
         in[2] <= static_cast<std::byte>(Cause::kRequest) && in[3] <= std::byte{1};
}

bool is_valid(const SlotRecord& slot) noexcept {
  if (slot.state == SlotState::kEmpty) {
    return slot == SlotRecord{};
  }
  const bool returned = slot.state == SlotState::kReturned;
  return slot.tries <= (slot.state == SlotState::kTrial ? kTrialTries : 0) &&
         (slot.cause != Cause::kNone) == returned && (returned || !slot.told) &&
         (slot.progress == 0 || slot.state == SlotState::kReceiving);
}

/// Whether all bytes of the region behind its first sector read as erased.
/// Errors: `kIo`.
Result<bool> rest_is_erased(hal::FlashRef flash, const hal::FlashRegion& region) noexcept {
  const hal::FlashGeometry geometry = flash.geometry();
  std::array<std::byte, 64> window;  // NOLINT(*-member-init): filled by the read
  for (std::uint32_t at = geometry.sector; at < region.size; at += window.size()) {
    AIOT_TRY(flash.read(region.offset + at, window));
    if (std::any_of(
            window.begin(), window.end(), [&](std::byte b) { return b != geometry.erased; })) {
      return false;
    }
  }
  return true;
}

}  // namespace

const char* to_string(Cause cause) noexcept {
  switch (cause) {
    case Cause::kNone:
      return "none";
    case Cause::kTriesUsedUp:
      return "never confirmed";
    case Cause::kWatchdog:
      return "watchdog reset";
    case Cause::kBadImage:
      return "image does not verify";
    case Cause::kGoldenWindow:
      return "golden window gave another output";
    case Cause::kNoSamples:
      return "no samples";
    case Cause::kNotDelivered:
      return "no record was acknowledged";
    case Cause::kDeadline:
      return "not healthy in time";
    case Cause::kRequest:
      return "on request";
  }
  return "unknown";
}

ImageId image_id(const Hash256& hash) noexcept {
  ImageId id{};
  std::copy_n(hash.begin(), id.size(), id.begin());
  return id;
}

bool is_factory(const SlotPair& pair) noexcept {
  return pair == SlotPair{};
}

bool is_valid(const SlotPair& pair) noexcept {
  const auto& [a, b] = pair.slot;
  if (!is_valid(a) || !is_valid(b) || pair.active >= kSlots) {
    return false;
  }
  // What nothing was recorded of has no counter either, and no active slot.
  if (a.state == SlotState::kEmpty && b.state == SlotState::kEmpty && !is_factory(pair)) {
    return false;
  }
  const auto undecided = [](const SlotRecord& slot) {
    return slot.state == SlotState::kTrial || slot.state == SlotState::kReceiving;
  };
  const bool confirmed = a.state == SlotState::kConfirmed || b.state == SlotState::kConfirmed;
  return !(undecided(a) && undecided(b)) &&
         (!confirmed || pair.slot[pair.active].state == SlotState::kConfirmed);
}

std::array<std::byte, kBootStateBytes> encode(const BootState& state) noexcept {
  std::array<std::byte, kBootStateBytes> out{};
  store_le32(out.data(), state.boots);
  out[kCountBytes] = std::byte{kLayout};
  store_le32(&out[kCountBytes + 1], state.seal);
  std::byte* at = &out[kPairsOffset];
  for (const SlotPair& pair : state.pair) {
    AIOT_CHECK(is_valid(pair));
    store_le32(at, pair.counter);
    at[kActiveOffset] = static_cast<std::byte>(pair.active);
    at += kSlotsOffset;
    for (const SlotRecord& slot : pair.slot) {
      encode_slot(slot, at);
      at += kSlotRecordBytes;
    }
  }
  return out;
}

Result<BootState> decode(Bytes bytes) noexcept {
  BootState state;
  if (bytes.size() < kCountBytes) {
    return Error::kCorrupt;
  }
  state.boots = load_le32(bytes.data());
  if (bytes.size() == kCountBytes) {
    return state;
  }
  if (bytes[kCountBytes] != std::byte{kLayout}) {
    return Error::kUnsupported;
  }
  if (bytes.size() != kBootStateBytes) {
    return Error::kCorrupt;
  }
  state.seal = load_le32(&bytes[kCountBytes + 1]);
  const std::byte* at = &bytes[kPairsOffset];
  for (SlotPair& pair : state.pair) {
    pair.counter = load_le32(at);
    pair.active = std::to_integer<std::uint8_t>(at[kActiveOffset]);
    at += kSlotsOffset;
    for (SlotRecord& slot : pair.slot) {
      if (!decode_slot(at, slot)) {
        return Error::kCorrupt;
      }
      at += kSlotRecordBytes;
    }
    if (!is_valid(pair)) {
      return Error::kCorrupt;
    }
  }
  return state;
}

Status BootRecord::mount(hal::FlashRef flash, const hal::FlashRegion& region) noexcept {
  state_ = {};
  lost_.reset();
  AIOT_TRY(log_.mount(flash, region, store::OnFull::kDropOldest));
  std::array<std::byte, kBootStateBytes> bytes;  // NOLINT(*-member-init): filled by the log
  const Result<store::Frame> last = log_.last(bytes);
  Error error = last.error();
  if (last.ok()) {
    const Result<BootState> state = decode(last->payload);
    error = state.error();
    state_ = state.value_or({});
  } else if (error == Error::kEmpty) {
    // The log takes damaged sectors of a young log for the rests of its first write. That is so
    // only while there was no second one: `write` marks another sector before it.
    const Result<bool> erased = rest_is_erased(flash, region);
    error = erased.ok() && !*erased ? Error::kCorrupt : erased.error();
  } else if (error == Error::kNoSpace) {
    error = Error::kUnsupported;  // longer than this layout
  }
  if (error != Error::kNone) {
    log_.unmount();
    return error;
  }
  return {};
}

void BootRecord::replace(hal::FlashRef flash,
                         const hal::FlashRegion& region,
                         const BootState& state) noexcept {
  log_.unmount();
  state_ = state;
  lost_ = Lost{flash, region};
}

/// Erases the region but for a mark in one sector, which is there before any other one goes.
Status BootRecord::renew() noexcept {
  hal::FlashRef flash = lost_->flash;
  const hal::FlashRegion region = lost_->region;
  const std::uint32_t sector = flash.geometry().sector;
  // Something stays readable behind the first sector also while the marked one is erased.
  const Result<bool> between = rest_is_erased(flash, {region.offset, region.size - sector});
  const std::uint32_t mark =
      region.offset + (between.ok() && *between ? sector : region.size - sector);
  constexpr std::array<std::byte, store::FrameLog::kMaxProgram> kMark{};
  AIOT_TRY(flash.erase(mark));
  AIOT_TRY(flash.program(mark, Bytes(kMark).first(flash.geometry().program)));
  AIOT_TRY(flash.sync());
  for (std::uint32_t at = region.offset; at - region.offset < region.size; at += sector) {
    if (at != mark) {
      AIOT_TRY(flash.erase(at));
    }
  }
  AIOT_TRY(log_.mount(flash, region, store::OnFull::kDropOldest));
  lost_.reset();
  return {};
}

Status BootRecord::write(const BootState& state) noexcept {
  if (!mounted()) {
    return Error::kWrongState;
  }
  if (lost_) {
    AIOT_TRY(renew());
  }
  // A first record holds nothing that another look at the slots would not give again. Before the
  // second one the next sector gets its mark, so that from then on no single damaged sector makes
  // the region look like a blank one. Later openings leave marks in all sectors.
  if (!blank() && log_.newest_sector() == log_.sectors()) {
    Result<bool> marked = Error::kIo;
    for (int i = 0; i < kSpareAttempts && !marked.ok(); ++i) {
      marked = log_.service();
    }
    AIOT_TRY(marked);
    AIOT_TRY(log_.sync());
  }
  AIOT_TRY(log_.append(encode(state)));
  AIOT_TRY(log_.sync());
  state_ = state;
  return {};
}

Result<std::uint32_t> BootRecord::count_boot() noexcept {
  BootState state = state_;
  ++state.boots;
  AIOT_TRY(write(state));
  return state.boots;
}

// Nothing but the count is looked at, so that devices without slots do not carry what judges them.
Result<std::uint32_t> count_boot(hal::FlashRef flash, const hal::FlashRegion& region) noexcept {
  if (region.size == 0) {
    return 1U;
  }
  store::FrameLog log;
  AIOT_TRY(log.mount(flash, region, store::OnFull::kDropOldest));
  std::array<std::byte, kBootStateBytes> record{};
  const Result<store::Frame> last = log.last(record);
  if (!last.ok() && last.error() != Error::kEmpty) {
    return last.error();
  }
  const bool counted = last.ok() && last->payload.size() >= kCountBytes;
  const std::uint32_t boot = 1U + (counted ? load_le32(record.data()) : 0U);
  store_le32(record.data(), boot);
  AIOT_TRY(log.append(Bytes(record).first(counted ? last->payload.size() : kCountBytes)));
  AIOT_TRY(log.sync());
  return boot;
}

}  // namespace aiot::update
