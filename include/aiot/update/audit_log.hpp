// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/flash.hpp"
#include "aiot/hal/keys.hpp"
#include "aiot/store/frame_log.hpp"
#include "aiot/update/image.hpp"

namespace aiot::update {

/// What happened. The numbers are those of the flash; 0 is a seal.
enum class AuditKind : std::uint8_t {
  kOffer = 1,      ///< an image was offered
  kVerdict = 2,    ///< of an offer or of a whole image; code: `verdict_code`, 0: accepted
  kInstall = 3,    ///< an image is whole, verified and will be tried
  kTrial = 4,      ///< a trial was started
  kConfirm = 5,    ///< a trial was confirmed
  kReturn = 6,     ///< a trial was given up; code: its cause
  kKeyChange = 7,  ///< other keys are trusted than before; id: `key_set_id` of the new ones
  kRecovery = 8,   ///< the boot loader had nothing to start; slot: where it put an image
  kRefused = 9,    ///< a command was refused; code: result of its answer; id: see kCommand
  kCommand = 10,   ///< a command was carried out; code: its verb; id: its counter, in 8 bytes
};

/// Short English words for tools and logs; nullptr for a kind that this version does not know.
const char* to_string(AuditKind kind) noexcept;

enum class InstallFault : std::uint8_t;

/// Why an image was refused, as the code of an entry.
constexpr std::uint32_t verdict_code(InstallFault fault, ImageFault image) noexcept {
  return static_cast<std::uint32_t>(fault) | static_cast<std::uint32_t>(image) << 8U;
}

/// Type or slot of an entry that is not about one.
inline constexpr std::uint8_t kNotStated = 0xFF;

struct AuditEntry {
  AuditKind kind = AuditKind::kOffer;
  std::uint8_t type = kNotStated;  ///< an `ImageType`
  std::uint8_t slot = kNotStated;  ///< 0: A, 1: B
  std::uint32_t sequence = 0;      ///< of entries, from 0; `AuditLog::append` gives it
  std::uint32_t boot = 0;          ///< number of the boot
  std::uint64_t time_us = 0;       ///< since that boot; 0: not known
  std::uint32_t code = 0;          ///< see `AuditKind`
  Version version;                 ///< of the image
  ImageId id{};                    ///< of the image, or of the key set
};

/// What a seal vouches for.
struct AuditSeal {
  std::uint32_t number = 0;         ///< from 1
  std::uint32_t first = 0;          ///< sequence of the first entry since the seal before
  std::uint32_t next = 0;           ///< sequence of the entry after the last one
  std::uint32_t complete_from = 0;  ///< the log holds every entry from this one to here
  std::uint32_t kept = 0;           ///< low half of the frame log's sequence of the first frame
                                    ///< that this takes: the seal before `complete_from`
  ImageId keys{};                   ///< key set of the newest key change up to here
  Hash256 chain{};                  ///< over everything before this seal
};

/// Layout: SPEC, "Audit log".
inline constexpr std::size_t kAuditEntryBytes = 48;
inline constexpr std::size_t kAuditSealBytes = 104;  ///< its MAC included
inline constexpr std::size_t kAuditMacBytes = 32;    ///< at the end of a seal, over all before it

inline constexpr std::uint32_t kFirstSeal = 1;

/// Whether the frame is a seal. Anything else of `kAuditEntryBytes` is an entry, of a later kind
/// perhaps.
bool is_seal(Bytes frame) noexcept;

/// Errors: `kCorrupt` not an entry; its kind may be one that `to_string` does not know.
Result<AuditEntry> decode_entry(Bytes frame) noexcept;

/// Its MAC is not looked at. Errors: `kCorrupt` not a seal.
Result<AuditSeal> decode_seal(Bytes frame) noexcept;

/// Tells sets of trusted keys apart: the first bytes of the SHA-256 over the SHA-256 of each key,
/// in ascending order. The order of `keys` and a key that is there twice make no difference.
ImageId key_set_id(std::span<const TrustedKey> keys) noexcept;

/// What happened to a device's images and keys, in a frame log of its own: each entry and each seal
/// is hashed into a chain, and a seal says with a MAC of the device's key how the chain is so far.
///
/// Deleting, changing or reordering entries up to the newest seal is found out by `verify_audit`,
/// and so is cutting the end off when the newest seal's number is known from elsewhere: the boot
/// record has it. Entries that are not sealed are never given up for newer ones. The oldest ones
/// go sector by sector, but each seal names the entry from which on the log is complete, and
/// nothing from there on goes before the next seal is durable: a power cut never looks like
/// tampering, as long as fewer cuts in a row hit the writing of one seal than seals fit into a
/// sector. In a region of seven sectors or more this holds also beside a sector that has gone bad
/// and one that a cut has closed (five: one of both); more of them in a row, and a cut in the seal
/// behind them, may lose what was sealed, and the verifier says so.
///
/// One object a region.
class AuditLog {
 public:
  /// Entries that wait for a seal at most; then `append` seals first.
  static constexpr std::uint32_t kMaxBatch = 16;

  /// Finds the newest seal and what follows it; reads only. Reads each frame once.
  /// `keys` must outlive the log. `known_seal`: number of the newest seal by the boot record. When
  /// the log has only older ones its end was cut off: the numbers go on above `known_seal` then, so
  /// that the hole is seen for as long as the log reaches back to it.
  /// Errors: those of `FrameLog::mount`; `kCorrupt` a frame is longer than entries are; `kIo`.
  Status mount(hal::FlashRef flash,
               const hal::FlashRegion& region,
               hal::KeyStoreRef keys,
               std::uint32_t known_seal) noexcept;

  [[nodiscard]] bool mounted() const noexcept { return log_.mounted(); }

  /// Appends an entry, durably; its `sequence` is given here. Seals before when `kMaxBatch` entries
  /// wait, or when a sector has to be given up for it.
  /// Errors: those of `FrameLog::append` and `sync`; those of the key store's `mac` when a sector
  /// has to be given up and nothing can be sealed; `kWrongState` not mounted.
  Status append(const AuditEntry& entry) noexcept;

  /// Appends a key change, in boot `boot` at `time_us`, unless `keys` is the set of the newest one.
  /// True when it did. Errors: those of `append`.
  Result<bool> use_keys(const ImageId& keys, std::uint32_t boot, std::uint64_t time_us) noexcept;

  /// Seals, durably, what is not sealed yet, if anything. The number of the newest seal, which
  /// belongs into the boot record; 0: there is none.
  /// Errors: those of the key store's `mac`; those of `append`.
  Result<std::uint32_t> seal() noexcept;

  /// Number of the newest seal, also of one that `append` made; 0: there is none. It is durable
  /// when the last call succeeded.
  [[nodiscard]] std::uint32_t newest_seal() const noexcept { return next_seal_ - kFirstSeal; }

  /// Entries behind the newest seal.
  [[nodiscard]] std::uint32_t unsealed() const noexcept { return next_ - sealed_; }

  /// The sequence that the next entry gets.
  [[nodiscard]] std::uint32_t next_sequence() const noexcept { return next_; }

  [[nodiscard]] const store::FrameLog& log() const noexcept { return log_; }

 private:
  void take(std::uint64_t sequence, Bytes frame) noexcept;
  [[nodiscard]] std::uint32_t openings() const noexcept;
  void find_kept(AuditSeal& seal) const noexcept;
  Status write_seal() noexcept;

  store::FrameLog log_;
  std::optional<hal::KeyStoreRef> keys_;
  Hash256 chain_{};
  ImageId key_set_{};
  std::uint32_t next_ = 0;    // entry
  std::uint32_t sealed_ = 0;  // entries below are
  std::uint32_t next_seal_ = kFirstSeal;
};

/// What is wrong with an audit log.
enum class AuditFault : std::uint8_t {
  kNone = 0,
  kRead,          ///< the flash failed
  kStrange,       ///< a frame that is neither entry nor seal
  kEntryLost,     ///< `at`: an entry that is missing, or not in its place
  kEntryAltered,  ///< `at`: a seal; what it is over is not what was sealed
  kSealLost,      ///< `at`: a seal that is missing, or not in its place
  kSealForged,    ///< `at`: a seal that the device's key did not make
  kBeginLost,     ///< `at`: an entry that the newest seal says is there
  kEndLost,       ///< `at`: newest seal by the boot record; the log ends before it
};

/// What is wrong, in words for tools and logs; never null.
const char* to_string(AuditFault fault) noexcept;

struct AuditReport {
  AuditFault fault = AuditFault::kNone;  ///< the first one
  std::uint32_t at = 0;                  ///< see `AuditFault`
  std::uint32_t complete_from = 0;       ///< first entry of those that were checked
  std::uint32_t entries = 0;             ///< so many are there, those not checked included
  std::uint32_t unchecked = 0;           ///< at the begin: what is left of batches that went
  std::uint32_t seals = 0;
  std::uint32_t newest_seal = 0;  ///< 0: there is none
  std::uint32_t unsealed = 0;     ///< entries behind it
};

/// Checks chain and seals of a mounted log; only reads, twice. `keys`: makes the MAC of the seals
/// with the device's key; none: the chain alone is checked, which everybody can forge.
/// `known_seal`: number of the newest seal by the boot record; 0: not known.
AuditReport verify_audit(const store::FrameLog& log,
                         std::optional<hal::KeyStoreRef> keys,
                         std::uint32_t known_seal) noexcept;

}  // namespace aiot::update
