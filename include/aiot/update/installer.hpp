// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/flash.hpp"
#include "aiot/hal/flash_map.hpp"
#include "aiot/update/boot_record.hpp"
#include "aiot/update/image.hpp"

namespace aiot::update {

/// Why an installation does not go on. The numbers travel over links.
enum class InstallFault : std::uint8_t {
  kNone = 0,
  kImage = 1,            ///< the image itself; the `ImageFault` says why
  kNoSlots = 2,          ///< the device has no slots for this type of image
  kProduct = 3,          ///< made for another product, or for none
  kTooLarge = 4,         ///< larger than the slot
  kAlignment = 5,        ///< a package that does not begin at a multiple of `kPackageAlignment`
  kOlder = 6,            ///< version below that of the confirmed image
  kInstalled = 7,        ///< this very image is the confirmed one, and runs
  kNeedsFirmware = 8,    ///< needs a newer firmware than is confirmed
  kNeedsModel = 9,       ///< needs a newer model than is confirmed
  kFirmwareNeeds = 10,   ///< an installed firmware needs a newer model than this
  kModelNeeds = 11,      ///< an installed model needs a newer firmware than this
  kInstalledImage = 12,  ///< what an installed image needs could not be read
  kTrialRuns = 13,       ///< a trial of this type is not decided yet
  kRecord = 14,          ///< the boot record could not be written
  kNoOffer = 15,         ///< write or finish without an accepted offer
  kOutOfOrder = 16,      ///< not the next bytes; the verdict has their offset
  kTooMuch = 17,         ///< bytes behind the end of the image
  kTooEarly = 18,        ///< finish before all bytes are there
  kErase = 19,           ///< a sector could not be erased
  kNotErased = 20,       ///< a sector was erased and holds something all the same
  kProgram = 21,         ///< the flash could not be programmed
  kOtherImage = 22,      ///< a good image arrived, but not the one that was offered
  kRestartFirst = 23,    ///< what runs is given up: the slot for the image is the one to go back to
};

/// What is wrong, in one sentence for tools and logs; never null.
const char* to_string(InstallFault fault) noexcept;

struct InstallVerdict {
  InstallFault fault = InstallFault::kNone;
  ImageFault image = ImageFault::kNone;  ///< with `kImage`
  /// Where to go on, in bytes from the begin of the image; after an offer, and after a fault of a
  /// write behind an offer that still stands.
  std::uint32_t offset = 0;

  [[nodiscard]] constexpr bool ok() const noexcept { return fault == InstallFault::kNone; }
};

/// A verdict as one number, for answers over a link: 0 good, the number of an `InstallFault`, or
/// `kFirstImageReason` and the number of an `ImageFault`.
inline constexpr std::uint8_t kFirstImageReason = 64;

constexpr std::uint8_t reason_of(const InstallVerdict& verdict) noexcept {
  return verdict.fault == InstallFault::kImage
             ? static_cast<std::uint8_t>(kFirstImageReason +
                                         static_cast<std::uint8_t>(verdict.image))
             : static_cast<std::uint8_t>(verdict.fault);
}

/// What is wrong, in one sentence, for the number of `reason_of`; never null.
const char* reason_text(std::uint8_t reason) noexcept;

struct InstallerConfig {
  /// By `ImageType`; slots of size 0: there are none. Whole sectors.
  std::array<std::array<hal::FlashRegion, kSlots>, kImageTypes> slots{};
  /// The slot of each type that runs: it is never written to. Empty: none does.
  std::array<std::optional<std::uint8_t>, kImageTypes> running{};
  /// Nothing runs, because neither slot can be started: an image may come into any of them. Else
  /// the active slot is not written to, even when `running` does not say that it runs.
  bool recovery = false;
  /// Addresses of the firmware's slots, where it runs in place: images have to be for their slot's.
  /// Empty: images for one address are refused.
  std::array<std::optional<std::uint32_t>, kSlots> addresses{};
  ProductName product;
  VerifyPolicy policy;  ///< counter, address and boot rule are filled in
};

/// Size of the installer's buffer: the TLVs of an installed image. With slots of one type only they
/// are never looked at, and `kMinVerifyBuffer` is enough; otherwise an installed image whose TLVs
/// do not fit counts as unreadable.
inline constexpr std::size_t kInstallerBuffer = kMaxOfferBytes;

/// Brings an image into the slot that does not run, and makes it the trial.
///
///     offer -> write, write, ... -> finish -> (reset) -> confirm or give_up
///
/// The slot that runs is never touched. Nothing is erased before the offer has passed every check:
/// structure, signature, address of the slot, counter; product, size, version, what it needs of
/// the other type's image and what that needs of it, each judged by the images that may run with
/// it, the confirmed one and a trial. The single commit is the boot record's frame in which the
/// slot becomes `kTrial`, after the image was read back and verified.
///
/// A restart or a lost link costs at most the last 8 KiB (or sector): the same offer again goes on
/// where the slot is durable. Another offer begins anew. One download at a time.
class Installer {
 public:
  /// Bytes between two notes of the progress, when sectors are smaller.
  static constexpr std::uint32_t kProgressBytes = 8192;

  /// `record` is mounted. `buffer`: `kInstallerBuffer` bytes, used during calls only.
  Installer(hal::FlashRef flash,
            BootRecord& record,
            const InstallerConfig& config,
            MutableBytes buffer) noexcept;

  /// An image is offered (see `verify_offer`). When it is taken the verdict's offset says from
  /// where its bytes are wanted. Ends a download that was going on, unless it is refused.
  InstallVerdict offer(Bytes offer) noexcept;

  /// The next bytes of the image, as many as the caller has. Each sector is erased just before it
  /// is written. A fault of the flash ends the download, it may be offered again.
  InstallVerdict write(std::uint32_t offset, Bytes bytes) noexcept;

  /// All bytes are there: reads them back once, verifies them, and makes the image the trial. After
  /// a fault the slot is given up as `kBadImage`, but with `kTooEarly`, `kNoOffer` or `kRecord`.
  InstallVerdict finish() noexcept;

  /// The same, for the file with this SHA-256 only, all its bytes included: the slot is read back
  /// once more before anything else. A fault more: `kOtherImage`, and the slot is given up.
  InstallVerdict finish(const Hash256& file) noexcept;

  /// The trial that runs is healthy: it becomes the active slot, and the security counter rises to
  /// its own, in one append. Errors: `kWrongState` the running slot is not a trial that was
  /// started; `kIo` the record could not be written, and the trial goes on.
  Status confirm(ImageType type) noexcept;

  /// The trial is given up; its slot is not started again. Errors: `kWrongState` there is no trial;
  /// `kIo`. `cause` is not `kNone`.
  Status give_up(ImageType type, Cause cause) noexcept;

  /// The audit log has the return of the slot. Errors: `kWrongState` it was not returned; `kIo`.
  Status set_told(ImageType type, std::uint8_t slot) noexcept;

  /// Another slot runs, as after `start_model`.
  void set_running(ImageType type, std::optional<std::uint8_t> slot) noexcept;

  /// Whether an offer was taken and its download is going on.
  [[nodiscard]] bool receiving() const noexcept { return open_; }

  [[nodiscard]] ImageType type() const noexcept { return type_; }  ///< of the download

  [[nodiscard]] std::uint8_t slot() const noexcept { return slot_; }  ///< of the download

  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }  ///< of the image, bytes

  [[nodiscard]] std::uint32_t offset() const noexcept { return next_; }  ///< of the next bytes

 private:
  InstallVerdict fail(InstallFault fault) noexcept;
  Result<Hash256> hash_received() noexcept;
  [[nodiscard]] InstallFault judge_claims(const Image& image, std::uint8_t slot) const noexcept;
  InstallVerdict judge(Bytes offer, Image& image, std::uint8_t& slot) noexcept;
  InstallFault judge_dependencies(const Image& image) noexcept;
  [[nodiscard]] VerifyPolicy policy(ImageType type, std::uint8_t slot) const noexcept;
  std::size_t idle_slots(ImageType type, std::array<std::uint8_t, kSlots>& slots) const noexcept;
  ImageVerdict read_claims(ImageType type, std::uint8_t slot) noexcept;
  InstallFault erase(std::uint32_t at) noexcept;
  InstallFault program(std::uint32_t at, Bytes bytes) noexcept;
  InstallFault note_progress(std::uint32_t at) noexcept;

  hal::FlashRef flash_;
  BootRecord& record_;
  InstallerConfig config_;
  MutableBytes buffer_;
  ImageType type_ = ImageType::kFirmware;
  std::uint8_t slot_ = 0;
  bool open_ = false;
  std::uint8_t held_ = 0;        // bytes in unit_
  std::uint32_t size_ = 0;       // of the image
  std::uint32_t next_ = 0;       // offset of the next bytes that are wanted
  std::uint32_t erased_to_ = 0;  // of the slot
  std::uint32_t noted_ = 0;      // progress in the record
  std::array<std::byte, store::FrameLog::kMaxProgram> unit_{};  // the last write unit, not full yet
  Hash256 hash_{};                                              // that the offer claims
};

}  // namespace aiot::update
