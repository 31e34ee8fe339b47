// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"
#include "aiot/core/time.hpp"
#include "aiot/update/audit_log.hpp"
#include "aiot/update/boot_record.hpp"
#include "aiot/update/installer.hpp"

namespace aiot::update {

/// How many refusals are told: `kAtOnce` at once and one each `kPause` after that, so that what
/// strangers send can not push the audit log's past out.
class RefusalBudget {
 public:
  static constexpr std::uint32_t kAtOnce = 8;
  static constexpr Duration kPause = Duration::from_s(600);

  /// Whether this refusal is told.
  [[nodiscard]] bool take(Instant now) noexcept;

 private:
  std::uint32_t told_ = 0;  // less those that the pauses have paid for
  Instant paid_{};          // when the last one was paid for
};

/// The entry of an offer: what its bytes say of the image, of which nothing is proved; zeros for
/// what can not be read.
AuditEntry offer_entry(Bytes offer) noexcept;

/// What an installer says, and whether the audit log has it.
struct AuditedVerdict {
  InstallVerdict verdict;
  Status told;
};

/// Sees to it that the audit log is sealed in batches and that the boot record knows the newest
/// seal: at once behind what decides over an image or over keys, and when a batch is full; else
/// when the oldest entry has waited for `kIdle`. Whatever a power cut left open is done by the
/// first `service` of the next boot.
///
/// The seal is durable before its number goes into the boot record. A power cut in between leaves a
/// record that is one seal behind: the verifier asks that no seal up to that of the record is
/// missing, so this is no tampering. The other order would leave a number that no seal has.
class AuditKeeper {
 public:
  /// Longest time that an entry waits for a seal, and that a seal which failed is put off.
  static constexpr Duration kIdle = Duration::from_s(10);

  /// Both outlive this and are mounted when they are used, `log` with the seal of `record`; a log
  /// that could not be mounted makes every call say `kWrongState`, and stops nothing.
  AuditKeeper(AuditLog& log, BootRecord& record) noexcept : log_(log), record_(record) {}

  AuditKeeper(const AuditKeeper&) = delete;
  AuditKeeper& operator=(const AuditKeeper&) = delete;

  /// Appends an entry of this boot, durably; boot and time are filled in. `service` seals it.
  /// Errors: those of `AuditLog::append`; the entry is not there then.
  Status append(const AuditEntry& entry, Instant now) noexcept;

  /// A key change, unless the newest one is to the same set. Errors: as `append`.
  Status use_keys(std::span<const TrustedKey> keys, Instant now) noexcept;

  /// `Installer::offer`, with the offer and the verdict on it as entries. Of refusals
  /// as many are told as `RefusalBudget` says. What can not be told is done all the same: a device
  /// that can not be updated any more is worse.
  AuditedVerdict offer(Installer& installer, Bytes offer, Instant now) noexcept;

  /// `Installer::write`; a fault that ends the download is an entry.
  AuditedVerdict write(Installer& installer,
                       std::uint32_t offset,
                       Bytes bytes,
                       Instant now) noexcept;

  /// `Installer::finish`, with the verdict on the image, and its installation, as entries. An image
  /// that is refused here was never tried, so it is not told as a return later.
  AuditedVerdict finish(Installer& installer, Instant now) noexcept;

  /// The same, with `Installer::finish` of the file with this SHA-256.
  AuditedVerdict finish(Installer& installer, const Hash256& file, Instant now) noexcept;

  /// At the start of a trial: tells of its installation when the log does not know of it: because
  /// the power failed before the entry, or as a recovery when a boot loader took the image, of
  /// which there is no offer either. Reads the log once. Errors: those of `append`.
  Status tell_installed(ImageType type, std::uint8_t slot, Instant now) noexcept;

  /// At the start: tells of confirmations that the boot record has and the log has not, because the
  /// power failed in between: the log knows the trial and not its end. Reads the log once for each
  /// type of image. Errors: those of `append`.
  Status tell_confirmed(Instant now) noexcept;

  /// Seals what is due. Cheap when nothing is. Errors: those of `seal`; it is tried again after
  /// `kIdle`, or when something else becomes due.
  Status service(Instant now) noexcept;

  /// Seals what is not sealed and writes the number of the newest seal into the record. Errors:
  /// those of `AuditLog::seal` and of `BootRecord::write`.
  Status seal() noexcept;

  /// Whether there are entries without a seal, or the record does not know the newest one.
  [[nodiscard]] bool pending() const noexcept {
    return log_.unsealed() != 0 || log_.newest_seal() > record_.state().seal;
  }

  [[nodiscard]] const AuditLog& log() const noexcept { return log_; }

 private:
  AuditedVerdict finished(Installer& installer,
                          AuditEntry& entry,
                          const InstallVerdict& verdict,
                          Instant now) noexcept;
  Status judged(AuditEntry& entry, const InstallVerdict& verdict, Instant now) noexcept;
  [[nodiscard]] bool trial_is_open(const ImageId& image) const noexcept;

  AuditLog& log_;
  BootRecord& record_;
  RefusalBudget refusals_;
  Instant due_{};  // of the next seal; what was there before this boot is due at once
};

}  // namespace aiot::update
