// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "aiot/core/bytes.hpp"
#include "aiot/core/error.hpp"
#include "aiot/core/event.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"
#include "aiot/core/time.hpp"
#include "aiot/device/device.hpp"
#include "aiot/device/trial_health.hpp"
#include "aiot/hal/system.hpp"
#include "aiot/update/audit_keeper.hpp"
#include "aiot/update/audit_log.hpp"
#include "aiot/update/boot_record.hpp"
#include "aiot/update/image.hpp"
#include "aiot/update/installer.hpp"
#include "aiot/update/slot_start.hpp"

namespace aiot::device {

struct UpdatesConfig {
  TrialRule rule{};
  /// Keys that images are verified with: another set than before is a key change. Empty: not told.
  std::span<const update::TrustedKey> keys{};
  /// Why the device started.
  hal::ResetCause cause = hal::ResetCause::kUnknown;
  /// The slot of each type that runs; empty: what runs is in no slot.
  std::array<std::optional<std::uint8_t>, update::kImageTypes> running{};
  /// As at the start of the application, for the models that come later; `cause` is `kUnknown`.
  update::StartRequest model;
  /// The bytes of the model's slots, where packages are used; both empty: models are not changed.
  std::array<Bytes, update::kSlots> model_bytes{};
  /// Package to run when no slot can be started. Without one a package that was given up decides on
  /// where nothing else can: give one.
  Bytes fallback{};
  MutableBytes buffer{};  ///< as for `start_model`
};

enum class UpdateStep : std::uint8_t {
  kGoOn,
  /// Another firmware is to be started: one that was installed, or the one before a trial that was
  /// given up. Reset as soon as it suits; said until then.
  kReset,
};

/// Judges what is on trial, and carries the judgement out: beside a device and not in it, so that
/// devices without slots pay nothing. The loop calls `step` after that of the device.
///
/// A model is changed without a reset: one that was installed is started, checked by its golden
/// window before its first decision, and judged; one that is given up makes way for the one before.
///
/// Every step of an update goes into the audit log, which is sealed as `AuditKeeper` says.
///
/// What can not be done is `EventId::kUpdateFailed`. A judgement that could not be written is tried
/// again a second later. What the audit log did not take is `EventId::kAuditFailed`, at once: a
/// seal is tried again, a return or a confirmation is told again at the next start, another entry
/// is lost.
class Updates {
 public:
  static constexpr Duration kRetry = Duration::from_s(1);

  /// All must outlive this. `record`, the one of `installer`, is mounted again behind
  /// `Device::start`, which counts the boot in it. `audit` is mounted, or could not be: then
  /// nothing is told, with an event each time.
  Updates(Device& device,
          update::Installer& installer,
          update::BootRecord& record,
          update::AuditLog& audit,
          const UpdatesConfig& config) noexcept;

  Updates(const Updates&) = delete;
  Updates& operator=(const Updates&) = delete;

  /// Once, after `Device::start`: tells the audit log what was decided before this boot and is not
  /// in it, and begins the trials that run. Errors: `kWrongState` `record` was not mounted behind
  /// `Device::start`, and would overwrite what is there.
  Status start(Instant now) noexcept;

  /// After each `Device::step`, once `start` returned OK. Writes to flash only when something is
  /// decided or a seal is due.
  UpdateStep step(Instant now) noexcept;

  /// `offer`, `write` and `finish` of the installer, told to the audit log.
  update::InstallVerdict offer(Bytes offer, Instant now) noexcept;
  update::InstallVerdict write(std::uint32_t offset, Bytes bytes, Instant now) noexcept;
  update::InstallVerdict finish(Instant now) noexcept;
  update::InstallVerdict finish(const Hash256& file, Instant now) noexcept;

  /// Something else for the audit log, as a key change; boot and time are filled in.
  void tell(const update::AuditEntry& entry, Instant now) noexcept;

  /// Whether a slot holds this image, verified: confirmed, or to be tried.
  [[nodiscard]] bool holds(update::ImageType type, const update::ImageId& image) const noexcept;

  /// Whether a trial of `type` runs that is not decided yet.
  [[nodiscard]] bool on_trial(update::ImageType type) const noexcept {
    return trials_[static_cast<std::size_t>(type)].runs;
  }

 private:
  /// What the device had done when the trial began.
  struct Trial {
    bool runs = false;
    bool watchdog_reset = false;
    GoldenCheck golden = GoldenCheck::kNotStated;
    Instant begin{};
    std::uint64_t windows = 0;
    std::uint64_t offered = 0;
    std::uint64_t acknowledged = 0;
  };

  void begin(update::ImageType type, bool watchdog_reset, Instant now) noexcept;
  void judge(update::ImageType type, Instant now) noexcept;
  void tell_returns(Instant now) noexcept;
  void change_model(Instant now) noexcept;
  [[nodiscard]] bool reset_due() const noexcept;
  void fail(update::ImageType type, Error error, Instant now) noexcept;
  /// Notes an error of the audit log, and seals what is due.
  void close_audit(Status told, Instant now) noexcept;
  Status audit(update::AuditKind kind,
               update::ImageType type,
               std::uint8_t slot,
               std::uint32_t code,
               Instant now) noexcept;

  Device& device_;
  update::Installer& installer_;
  update::BootRecord& record_;
  update::AuditKeeper keeper_;
  UpdatesConfig config_;
  std::array<Trial, update::kImageTypes> trials_{};
  update::SlotPair not_started_{};  // the firmware's slots as this boot found them
  bool model_due_ = false;          // the package that decides is to make way
  Instant next_{};                  // before it, nothing that failed is tried again
};

}  // namespace aiot::device
