// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/update/installer.hpp"

#include <algorithm>
#include <cstring>

#include "aiot/core/check.hpp"
#include "aiot/update/image_format.hpp"
#include "aiot/update/model_slots.hpp"

namespace aiot::update {
namespace {

constexpr std::size_t index(ImageType type) noexcept {
  return static_cast<std::size_t>(type);
}

constexpr ImageType other(ImageType type) noexcept {
  return type == ImageType::kFirmware ? ImageType::kModel : ImageType::kFirmware;
}

/// The slot of a pair that is in this state; `kSlots` when there is none.
std::uint8_t find(const SlotPair& pair, SlotState state) noexcept {
  std::uint8_t slot = 0;
  while (slot < kSlots && pair.slot[slot].state != state) {
    ++slot;
  }
  return slot;
}

bool runs_or_may_run(const SlotPair& pair, std::uint8_t slot) noexcept {
  const SlotState state = pair.slot[slot].state;
  return state == SlotState::kTrial || (state == SlotState::kConfirmed && slot == pair.active);
}

/// Whether whatever may run of `pair` is at least `minimum`. Nothing that runs is not enough.
bool has(const SlotPair& pair, const Version& minimum) noexcept {
  bool any = false;
  for (std::uint8_t i = 0; i < kSlots; ++i) {
    if (runs_or_may_run(pair, i)) {
      any = true;
      if (pair.slot[i].version < minimum) {
        return false;
      }
    }
  }
  return any;
}

}  // namespace

const char* to_string(InstallFault fault) noexcept {
  switch (fault) {
    case InstallFault::kNone:
      return "no fault";
    case InstallFault::kImage:
      return "the image is not accepted";
    case InstallFault::kNoSlots:
      return "the device has no slots for this type of image";
    case InstallFault::kProduct:
      return "the image is made for another product";
    case InstallFault::kTooLarge:
      return "the image is larger than the slot";
    case InstallFault::kAlignment:
      return "the package does not begin at a multiple of 16 bytes";
    case InstallFault::kOlder:
      return "the image is older than the confirmed one";
    case InstallFault::kInstalled:
      return "the image is installed";
    case InstallFault::kNeedsFirmware:
      return "the image needs a newer firmware";
    case InstallFault::kNeedsModel:
      return "the image needs a newer model";
    case InstallFault::kFirmwareNeeds:
      return "the installed firmware needs a newer model than this";
    case InstallFault::kModelNeeds:
      return "the installed model needs a newer firmware than this";
    case InstallFault::kInstalledImage:
      return "an installed image could not be read";
    case InstallFault::kTrialRuns:
      return "a trial is not decided yet";
    case InstallFault::kRecord:
      return "the boot record could not be written";
    case InstallFault::kNoOffer:
      return "no image was offered";
    case InstallFault::kOutOfOrder:
      return "these are not the next bytes";
    case InstallFault::kTooMuch:
      return "more bytes than the image has";
    case InstallFault::kTooEarly:
      return "the image is not complete";
    case InstallFault::kErase:
      return "a sector could not be erased";
    case InstallFault::kNotErased:
      return "a sector is not erased after its erase";
    case InstallFault::kProgram:
      return "the flash could not be programmed";
    case InstallFault::kOtherImage:
      return "another image arrived than was offered";
    case InstallFault::kRestartFirst:
      return "what runs was given up, and the other slot has to run first: restart the device";
  }
  return "unknown fault";
}

const char* reason_text(std::uint8_t reason) noexcept {
  return reason < kFirstImageReason
             ? to_string(static_cast<InstallFault>(reason))
             : to_string(static_cast<ImageFault>(reason - kFirstImageReason));
}

Installer::Installer(hal::FlashRef flash,
                     BootRecord& record,
                     const InstallerConfig& config,
                     MutableBytes buffer) noexcept
    : flash_(flash), record_(record), config_(config), buffer_(buffer) {
  AIOT_CHECK(buffer.size() >= kMinVerifyBuffer);
  AIOT_CHECK(flash.geometry().program <= unit_.size());
}

void Installer::set_running(ImageType type, std::optional<std::uint8_t> slot) noexcept {
  config_.running[index(type)] = slot;
  open_ = open_ && (type_ != type || slot != slot_);
}

InstallVerdict Installer::fail(InstallFault fault) noexcept {
  open_ = false;
  return {fault, ImageFault::kNone, 0};
}

VerifyPolicy Installer::policy(ImageType type, std::uint8_t slot) const noexcept {
  VerifyPolicy policy = config_.policy;
  const std::uint32_t counter = record_.state().of(type).counter;
  const bool firmware = type == ImageType::kFirmware;
  policy.stored_counter = counter != 0 ? std::optional(counter) : std::nullopt;
  policy.slot_address = firmware ? config_.addresses[slot] : std::nullopt;
  policy.address = policy.slot_address ? AddressRule::kFixed : AddressRule::kAny;
  policy.boot = firmware ? BootRule::kMustBoot : BootRule::kNeedNot;
  return policy;
}

/// The slots that may be written, the better one first; their number.
std::size_t Installer::idle_slots(ImageType type,
                                  std::array<std::uint8_t, kSlots>& slots) const noexcept {
  const SlotPair& pair = record_.state().of(type);
  const std::optional<std::uint8_t>& running = config_.running[index(type)];
  const bool confirmed = pair.slot[pair.active].state == SlotState::kConfirmed;
  std::uint8_t first = find(pair, SlotState::kReceiving);
  if (running.has_value()) {
    first = *running ^ 1U;
  } else if (first == kSlots) {
    first = confirmed ? pair.active ^ 1U : pair.active;
  }
  slots = {first, static_cast<std::uint8_t>(first ^ 1U)};
  return config_.recovery && !running.has_value() ? kSlots : 1;
}

/// What an installed image says of itself; it was verified when it was started.
ImageVerdict Installer::read_claims(ImageType type, std::uint8_t slot) noexcept {
  ImageVerdict verdict;
  const hal::FlashRegion& region = config_.slots[index(type)][slot];
  verdict.fault = ImageFault::kRead;
  const MutableBytes header = buffer_.first(kImageHeaderBytes);
  if (region.size < kImageHeaderBytes || !flash_.read(region.offset, header).ok()) {
    return verdict;
  }
  verdict.fault = read_header(header, verdict.image.header);
  if (verdict.fault != ImageFault::kNone) {
    return verdict;
  }
  // An offer is made of it: header and both TLV areas, whose last one says how long it is.
  const std::uint32_t tlvs = verdict.image.header.header_bytes + verdict.image.header.payload_bytes;
  const std::uint32_t kept = verdict.image.header.protected_bytes;
  verdict.fault = ImageFault::kTlvAreaSize;
  if (tlvs < verdict.image.header.payload_bytes || tlvs > region.size ||
      kept + kTlvHeaderBytes > region.size - tlvs ||
      kept + kTlvHeaderBytes > buffer_.size() - kImageHeaderBytes) {
    return verdict;
  }
  const MutableBytes areas = buffer_.subspan(kImageHeaderBytes);
  if (!flash_.read(region.offset + tlvs, areas.first(kept + kTlvHeaderBytes)).ok()) {
    verdict.fault = ImageFault::kRead;
    return verdict;
  }
  const std::size_t all = kept + load_le16(&areas[kept + 2]);
  if (all > areas.size() || all > region.size - tlvs) {
    return verdict;
  }
  if (!flash_.read(region.offset + tlvs, areas.first(all)).ok()) {
    verdict.fault = ImageFault::kRead;
    return verdict;
  }
  return read_offer(buffer_.first(kImageHeaderBytes + all));
}

/// Dependencies name least versions only and a version never falls below the confirmed one. So what
/// holds now for the confirmed image and for a trial holds whatever becomes of any trial.
InstallFault Installer::judge_dependencies(const Image& image) noexcept {
  const BootState& state = record_.state();
  for (const Dependency& needed : image.dependencies) {
    const bool itself = needed.image == image.type;
    if (!itself && config_.recovery && config_.slots[index(needed.image)][0].size == 0) {
      continue;  // nothing is known of the other type here: its own start will ask
    }
    if (itself ? image.header.version < needed.minimum
               : !has(state.of(needed.image), needed.minimum)) {
      return needed.image == ImageType::kFirmware ? InstallFault::kNeedsFirmware
                                                  : InstallFault::kNeedsModel;
    }
  }
  const ImageType type = other(image.type);
  for (std::uint8_t i = 0; i < kSlots; ++i) {
    if (!runs_or_may_run(state.of(type), i)) {
      continue;
    }
    const ImageVerdict installed = read_claims(type, i);
    if (!installed.ok()) {
      // One that does not run can not be kept from running.
      if (config_.running[index(type)] == i) {
        return InstallFault::kInstalledImage;
      }
      continue;
    }
    for (const Dependency& needed : installed.image.dependencies) {
      if (needed.image == image.type && image.header.version < needed.minimum) {
        return type == ImageType::kFirmware ? InstallFault::kFirmwareNeeds
                                            : InstallFault::kModelNeeds;
      }
    }
  }
  return InstallFault::kNone;
}

/// What can be said without a signature, so that it costs nobody the time of one.
InstallFault Installer::judge_claims(const Image& image, std::uint8_t slot) const noexcept {
  const SlotPair& pair = record_.state().of(image.type);
  const SlotRecord& active = pair.slot[pair.active];
  const bool confirmed = active.state == SlotState::kConfirmed;
  const std::optional<std::uint8_t>& running = config_.running[index(image.type)];
  const std::uint32_t room = config_.slots[index(image.type)][slot].size;
  if (room == 0) {
    return InstallFault::kNoSlots;
  }
  if (image.product.view() != config_.product.view()) {
    return InstallFault::kProduct;
  }
  if (find(pair, SlotState::kTrial) != kSlots) {
    return InstallFault::kTrialRuns;
  }
  // Between a return and the restart, what runs is not started again: the slot that will be is the
  // only good one.
  if (!config_.recovery && confirmed && slot == pair.active && running.has_value() &&
      pair.slot[*running].state != SlotState::kConfirmed) {
    return InstallFault::kRestartFirst;
  }
  if (image.size_bytes > room) {
    return InstallFault::kTooLarge;
  }
  if (image.type == ImageType::kModel && image.header.header_bytes % kPackageAlignment != 0) {
    return InstallFault::kAlignment;
  }
  if (confirmed && image.header.version < active.version) {
    return InstallFault::kOlder;
  }
  // Where the active one does not run, as it is damaged, it may come again.
  return confirmed && image_id(image.hash) == active.id && running == pair.active
             ? InstallFault::kInstalled
             : InstallFault::kNone;
}

/// Every check before anything is erased; sets `slot` when the image may come into it.
InstallVerdict Installer::judge(Bytes offer, Image& image, std::uint8_t& slot) noexcept {
  // The type is in the offer, and the policy depends on it: it is read without being trusted yet.
  ImageVerdict verdict = read_offer(offer);
  if (!verdict.ok()) {
    return {InstallFault::kImage, verdict.fault, 0};
  }
  const ImageType type = verdict.image.type;
  std::array<std::uint8_t, kSlots> idle{};
  const std::size_t slots = idle_slots(type, idle);
  slot = idle[0];
  for (std::size_t i = 1; i < slots; ++i) {
    if (config_.addresses[slot] && config_.addresses[slot] != verdict.image.header.load_address) {
      slot = idle[i];
    }
  }
  InstallFault fault = judge_claims(verdict.image, slot);
  if (fault == InstallFault::kNone) {
    verdict = verify_offer(offer, policy(type, slot));
    if (!verdict.ok()) {
      return {InstallFault::kImage, verdict.fault, 0};
    }
    image = verdict.image;
    fault = judge_dependencies(image);
  }
  return {fault, ImageFault::kNone, 0};
}

InstallVerdict Installer::offer(Bytes offer) noexcept {
  if (!record_.mounted()) {
    return {InstallFault::kRecord, ImageFault::kNone, 0};
  }
  Image image;
  std::uint8_t slot = 0;
  const InstallVerdict verdict = judge(offer, image, slot);
  if (!verdict.ok()) {
    return verdict;
  }
  // The same payload may be signed anew, and be longer.
  const bool same =
      open_ && type_ == image.type && hash_ == image.hash && size_ == image.size_bytes;
  if (same) {
    return {InstallFault::kNone, ImageFault::kNone, next_};
  }
  open_ = false;
  BootState state = record_.state();
  SlotPair& pair = state.of(image.type);
  SlotRecord& record = pair.slot[slot];
  const ImageId id = image_id(image.hash);
  if (record.state != SlotState::kReceiving || record.id != id) {
    record = {.state = SlotState::kReceiving,
              .counter = image.counter.value_or(0),
              .version = image.header.version,
              .id = id};
    if (pair.active == slot && pair.slot[slot ^ 1U].state == SlotState::kConfirmed) {
      pair.active = slot ^ 1U;
    }
    if (pair.slot[slot ^ 1U].state == SlotState::kReceiving) {
      pair.slot[slot ^ 1U] = {};
    }
    if (!record_.write(state).ok()) {
      return fail(InstallFault::kRecord);
    }
  }
  type_ = image.type;
  slot_ = slot;
  hash_ = image.hash;
  size_ = image.size_bytes;
  next_ = erased_to_ = noted_ = std::min(record.progress, image.size_bytes);
  held_ = 0;
  open_ = true;
  return {InstallFault::kNone, ImageFault::kNone, next_};
}

/// The sector at `at`, in the slot, is ready to be written.
InstallFault Installer::erase(std::uint32_t at) noexcept {
  const hal::FlashGeometry geometry = flash_.geometry();
  if (geometry.overwrite) {
    return InstallFault::kNone;
  }
  const std::uint32_t sector = config_.slots[index(type_)][slot_].offset + at;
  if (!flash_.erase(sector).ok()) {
    return InstallFault::kErase;
  }
  const auto step = static_cast<std::uint32_t>(
      std::min<std::size_t>(geometry.sector, buffer_.size() / geometry.program * geometry.program));
  for (std::uint32_t done = 0; done < geometry.sector; done += step) {
    const MutableBytes part = buffer_.first(std::min(step, geometry.sector - done));
    if (!flash_.read(sector + done, part).ok() ||
        std::any_of(part.begin(), part.end(), [&](std::byte b) { return b != geometry.erased; })) {
      return InstallFault::kNotErased;
    }
  }
  return InstallFault::kNone;
}

/// Programs whole write units at `at`, in the slot, in pieces that keep to pages.
InstallFault Installer::program(std::uint32_t at, Bytes bytes) noexcept {
  const hal::FlashGeometry geometry = flash_.geometry();
  const std::uint32_t base = config_.slots[index(type_)][slot_].offset;
  while (!bytes.empty()) {
    if (at == erased_to_) {
      const InstallFault fault = erase(at);
      if (fault != InstallFault::kNone) {
        return fault;
      }
      erased_to_ += geometry.sector;
    }
    const std::size_t size =
        std::min<std::size_t>(bytes.size(), geometry.page - at % geometry.page);
    if (!flash_.program(base + at, bytes.first(size)).ok()) {
      return InstallFault::kProgram;
    }
    bytes = bytes.subspan(size);
    at += static_cast<std::uint32_t>(size);
    if (at == erased_to_ && at - noted_ >= kProgressBytes && at < size_) {
      const InstallFault fault = note_progress(at);
      if (fault != InstallFault::kNone) {
        return fault;
      }
    }
  }
  return InstallFault::kNone;
}

InstallFault Installer::note_progress(std::uint32_t at) noexcept {
  BootState state = record_.state();
  state.of(type_).slot[slot_].progress = at;
  if (!flash_.sync().ok()) {
    return InstallFault::kProgram;
  }
  if (!record_.write(state).ok()) {
    return InstallFault::kRecord;
  }
  noted_ = at;
  return InstallFault::kNone;
}

InstallVerdict Installer::write(std::uint32_t offset, Bytes bytes) noexcept {
  if (!open_) {
    return {InstallFault::kNoOffer, ImageFault::kNone, 0};
  }
  if (offset != next_) {
    return {InstallFault::kOutOfOrder, ImageFault::kNone, next_};
  }
  if (bytes.size() > size_ - next_) {
    return {InstallFault::kTooMuch, ImageFault::kNone, next_};
  }
  const hal::FlashGeometry geometry = flash_.geometry();
  InstallFault fault = InstallFault::kNone;
  // A unit that was begun is filled first.
  while (!bytes.empty() && fault == InstallFault::kNone) {
    if (held_ == 0 && bytes.size() >= geometry.program) {
      const std::size_t whole = bytes.size() / geometry.program * geometry.program;
      fault = program(next_, bytes.first(whole));
      next_ += static_cast<std::uint32_t>(whole);
      bytes = bytes.subspan(whole);
      continue;
    }
    unit_[held_++] = bytes.front();
    bytes = bytes.subspan(1);
    ++next_;
    if (held_ == geometry.program) {
      fault = program(next_ - held_, Bytes(unit_).first(held_));
      held_ = 0;
    }
  }
  if (fault == InstallFault::kNone && next_ == size_ && held_ != 0) {
    std::fill(unit_.begin() + held_, unit_.end(), geometry.erased);
    fault = program(next_ - held_, Bytes(unit_).first(geometry.program));
    held_ = 0;
  }
  return fault == InstallFault::kNone ? InstallVerdict{fault, ImageFault::kNone, next_}
                                      : fail(fault);
}

InstallVerdict Installer::finish() noexcept {
  if (!open_) {
    return {InstallFault::kNoOffer, ImageFault::kNone, 0};
  }
  if (next_ != size_) {
    return {InstallFault::kTooEarly, ImageFault::kNone, next_};
  }
  open_ = false;
  ImageVerdict verdict;
  verdict.fault = ImageFault::kRead;
  if (flash_.sync().ok()) {
    verdict =
        verify_image(flash_, config_.slots[index(type_)][slot_], policy(type_, slot_), buffer_);
  }
  BootState state = record_.state();
  SlotRecord& record = state.of(type_).slot[slot_];
  record.progress = 0;
  InstallFault fault = InstallFault::kNone;
  if (!verdict.ok()) {
    fault = InstallFault::kImage;
  } else if (verdict.image.hash != hash_) {
    fault = InstallFault::kOtherImage;
  }
  if (fault == InstallFault::kNone) {
    record.state = SlotState::kTrial;
    record.tries = kTrialTries;
  } else {
    record.state = SlotState::kReturned;
    record.cause = Cause::kBadImage;
  }
  // A slot that could not be given up is never started either, and a new offer finds it.
  if (!record_.write(state).ok() && fault == InstallFault::kNone) {
    fault = InstallFault::kRecord;
  }
  return {fault, fault == InstallFault::kImage ? verdict.fault : ImageFault::kNone, 0};
}

Status Installer::confirm(ImageType type) noexcept {
  BootState state = record_.state();
  SlotPair& pair = state.of(type);
  const std::uint8_t slot = find(pair, SlotState::kTrial);
  if (slot == kSlots || config_.running[index(type)] != slot ||
      pair.slot[slot].tries == kTrialTries) {
    return Error::kWrongState;
  }
  pair.slot[slot].state = SlotState::kConfirmed;
  pair.slot[slot].tries = 0;
  pair.active = slot;
  pair.counter = std::max(pair.counter, pair.slot[slot].counter);
  return record_.write(state);
}

Status Installer::give_up(ImageType type, Cause cause) noexcept {
  AIOT_CHECK(cause != Cause::kNone);
  BootState state = record_.state();
  SlotPair& pair = state.of(type);
  const std::uint8_t slot = find(pair, SlotState::kTrial);
  if (slot == kSlots) {
    return Error::kWrongState;
  }
  pair.slot[slot].state = SlotState::kReturned;
  pair.slot[slot].tries = 0;
  pair.slot[slot].cause = cause;
  return record_.write(state);
}

Status Installer::set_told(ImageType type, std::uint8_t slot) noexcept {
  BootState state = record_.state();
  if (slot >= kSlots || state.of(type).slot[slot].state != SlotState::kReturned) {
    return Error::kWrongState;
  }
  state.of(type).slot[slot].told = true;
  return record_.write(state);
}

}  // namespace aiot::update
