// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/updates.hpp"

#include <algorithm>

#include "aiot/update/model_slots.hpp"

namespace aiot::device {

using update::ImageType;
using update::SlotPair;
using update::SlotRecord;
using update::SlotState;

namespace {

constexpr std::array kTypes = {ImageType::kFirmware, ImageType::kModel};

constexpr std::size_t index(ImageType type) noexcept {
  return static_cast<std::size_t>(type);
}

/// Installed, and not started yet.
bool is_new(const SlotRecord& slot) noexcept {
  return slot.state == SlotState::kTrial && slot.tries == update::kTrialTries;
}

bool has_new(const SlotPair& pair) noexcept {
  return std::any_of(pair.slot.begin(), pair.slot.end(), is_new);
}

}  // namespace

Updates::Updates(Device& device,
                 update::Installer& installer,
                 update::BootRecord& record,
                 update::AuditLog& audit,
                 const UpdatesConfig& config) noexcept
    : device_(device),
      installer_(installer),
      record_(record),
      keeper_(audit, record),
      config_(config) {}

Status Updates::start(Instant now) noexcept {
  if (!record_.mounted() || record_.state().boots != device_.boot_count()) {
    return Error::kWrongState;
  }
  next_ = now;
  not_started_ = record_.state().of(ImageType::kFirmware);
  if (!config_.keys.empty()) {
    close_audit(keeper_.use_keys(config_.keys, now), now);
  }
  for (const ImageType type : kTypes) {
    installer_.set_running(type, config_.running[index(type)]);
  }
  tell_returns(now);
  const Status told = keeper_.tell_confirmed(now);
  for (const ImageType type : kTypes) {
    const std::optional<std::uint8_t> slot = config_.running[index(type)];
    if (!slot.has_value()) {
      continue;
    }
    const SlotRecord& running = record_.state().of(type).slot[*slot];
    if (running.state == SlotState::kTrial && !is_new(running)) {
      // The watchdog reset before the first start is of what ran before.
      begin(type,
            config_.cause == hal::ResetCause::kWatchdog && running.tries + 1 < update::kTrialTries,
            now);
    }
  }
  close_audit(told, now);
  return {};
}

UpdateStep Updates::step(Instant now) noexcept {
  if (now >= next_) {
    judge(ImageType::kFirmware, now);
    // Twice: a new model whose golden window differs makes way before its first decision.
    for (int i = 0; i < 2; ++i) {
      judge(ImageType::kModel, now);
      if (model_due_ || has_new(record_.state().of(ImageType::kModel))) {
        change_model(now);
      }
    }
  }
  close_audit({}, now);
  return reset_due() ? UpdateStep::kReset : UpdateStep::kGoOn;
}

update::InstallVerdict Updates::offer(Bytes offer, Instant now) noexcept {
  const update::AuditedVerdict audited = keeper_.offer(installer_, offer, now);
  close_audit(audited.told, now);
  return audited.verdict;
}

update::InstallVerdict Updates::write(std::uint32_t offset, Bytes bytes, Instant now) noexcept {
  const update::AuditedVerdict audited = keeper_.write(installer_, offset, bytes, now);
  if (!audited.told.ok()) {
    close_audit(audited.told, now);
  }
  return audited.verdict;
}

update::InstallVerdict Updates::finish(Instant now) noexcept {
  const update::AuditedVerdict audited = keeper_.finish(installer_, now);
  close_audit(audited.told, now);
  return audited.verdict;
}

update::InstallVerdict Updates::finish(const Hash256& file, Instant now) noexcept {
  const update::AuditedVerdict audited = keeper_.finish(installer_, file, now);
  close_audit(audited.told, now);
  return audited.verdict;
}

bool Updates::holds(ImageType type, const update::ImageId& image) const noexcept {
  const SlotPair& pair = record_.state().of(type);
  return std::ranges::any_of(pair.slot, [&](const SlotRecord& slot) {
    return (slot.state == SlotState::kTrial || slot.state == SlotState::kConfirmed) &&
           slot.id == image;
  });
}

void Updates::tell(const update::AuditEntry& entry, Instant now) noexcept {
  close_audit(keeper_.append(entry, now), now);
}

void Updates::begin(ImageType type, bool watchdog_reset, Instant now) noexcept {
  const link::UplinkStats& stats = device_.uplink_stats();
  trials_[index(type)] = {.runs = true,
                          .watchdog_reset = watchdog_reset,
                          .golden = device_.check_golden(),
                          .begin = now,
                          .windows = device_.metrics().windows,
                          .offered = stats.offered,
                          .acknowledged = stats.acknowledged};
  device_.note({EventId::kTrialStarted, Error::kNone, static_cast<std::uint32_t>(type), now});
  close_audit(keeper_.tell_installed(type, *config_.running[index(type)], now), now);
  close_audit(audit(update::AuditKind::kTrial, type, *config_.running[index(type)], 0, now), now);
}

void Updates::judge(ImageType type, Instant now) noexcept {
  Trial& trial = trials_[index(type)];
  if (!trial.runs) {
    return;
  }
  const SlotState state = record_.state().of(type).slot[*config_.running[index(type)]].state;
  if (state != SlotState::kTrial) {  // decided elsewhere, as by a request
    trial.runs = false;
    model_due_ = model_due_ || (type == ImageType::kModel && state == SlotState::kReturned);
    tell_returns(now);
    return;
  }
  const link::UplinkStats& stats = device_.uplink_stats();
  const TrialVerdict verdict =
      judge_trial(config_.rule,
                  {.windows = device_.metrics().windows - trial.windows,
                   .golden = trial.golden,
                   .link_was_up = stats.offered != trial.offered,
                   .acknowledged = stats.acknowledged != trial.acknowledged,
                   .watchdog_reset = trial.watchdog_reset,
                   .age = now - trial.begin});
  if (verdict.state == TrialState::kPending) {
    return;
  }
  const bool healthy = verdict.state == TrialState::kHealthy;
  const Status done = healthy ? installer_.confirm(type) : installer_.give_up(type, verdict.cause);
  if (!done.ok()) {
    fail(type, done.error(), now);
    return;
  }
  trial.runs = false;
  if (!healthy) {
    model_due_ = model_due_ || type == ImageType::kModel;
    tell_returns(now);
    return;
  }
  device_.note({EventId::kConfirmed, Error::kNone, static_cast<std::uint32_t>(type), now});
  close_audit(audit(update::AuditKind::kConfirm, type, *config_.running[index(type)], 0, now), now);
}

/// The log before the record: a power cut in between makes an entry come twice, none is missing.
void Updates::tell_returns(Instant now) noexcept {
  for (const ImageType type : kTypes) {
    for (std::uint8_t slot = 0; slot < update::kSlots; ++slot) {
      const SlotRecord returned = record_.state().of(type).slot[slot];
      if (returned.state != SlotState::kReturned || returned.told) {
        continue;
      }
      const auto cause = static_cast<std::uint32_t>(returned.cause);
      device_.note(
          {EventId::kReturned, Error::kNone, static_cast<std::uint32_t>(type) + cause * 256U, now});
      const Status told = audit(update::AuditKind::kReturn, type, slot, cause, now);
      if (told.ok()) {
        const Status noted = installer_.set_told(type, slot);
        if (!noted.ok()) {
          fail(type, noted.error(), now);
        }
      }
      close_audit(told, now);
    }
  }
}

/// Runs the model that is to be started by the boot record.
void Updates::change_model(Instant now) noexcept {
  if (config_.model_bytes[0].empty() && config_.model_bytes[1].empty()) {
    return;
  }
  // Before a try is spent: the device would not take a package now.
  if (device_.commissioning() || device_.pipeline().owes_record()) {
    return;
  }
  std::optional<std::uint8_t>& running = config_.running[index(ImageType::kModel)];
  const auto started = update::start_model(record_, config_.model, config_.buffer);
  tell_returns(now);  // of an image that has become bad
  if (!started.ok()) {
    const Status used = config_.fallback.empty() ? Status{started.error()}
                                                 : device_.use_package(config_.fallback, now);
    model_due_ = false;
    if (!used.ok()) {
      fail(ImageType::kModel, used.error(), now);
      return;
    }
    running.reset();
    installer_.set_running(ImageType::kModel, running);
    return;
  }
  if (running == started->slot) {
    model_due_ = false;
    if (has_new(record_.state().of(ImageType::kModel))) {
      fail(ImageType::kModel, Error::kIo, now);  // the record took no try: later
    }
    return;
  }
  const hal::FlashRegion& slot = config_.model.slots[started->slot];
  const Status used =
      device_.use_package(config_.model_bytes[started->slot].subspan(
                              started->package.offset - slot.offset, started->package.size),
                          now);
  if (!used.ok()) {
    fail(ImageType::kModel, used.error(), now);
    // The one before decides on, whether or not it may be started again.
    model_due_ = false;
    if (started->trial && installer_.give_up(ImageType::kModel, update::Cause::kBadImage).ok()) {
      tell_returns(now);
    }
    return;
  }
  model_due_ = false;
  running = started->slot;
  installer_.set_running(ImageType::kModel, running);
  if (started->trial) {
    begin(ImageType::kModel, false, now);
  }
}

bool Updates::reset_due() const noexcept {
  const SlotPair& pair = record_.state().of(ImageType::kFirmware);
  const std::optional<std::uint8_t> running = config_.running[index(ImageType::kFirmware)];
  // One that was there at the start could not be started: another reset would not help.
  return (has_new(pair) && !(pair == not_started_)) ||
         (running.has_value() && pair.slot[*running].state == SlotState::kReturned);
}

void Updates::fail(ImageType type, Error error, Instant now) noexcept {
  device_.note({EventId::kUpdateFailed, error, static_cast<std::uint32_t>(type), now});
  next_ = now + kRetry;
}

void Updates::close_audit(Status told, Instant now) noexcept {
  const Status sealed = keeper_.service(now);
  for (const Status& status : {told, sealed}) {
    if (!status.ok()) {
      device_.note({EventId::kAuditFailed, status.error(), keeper_.log().unsealed(), now});
    }
  }
}

Status Updates::audit(update::AuditKind kind,
                      ImageType type,
                      std::uint8_t slot,
                      std::uint32_t code,
                      Instant now) noexcept {
  const SlotRecord& image = record_.state().of(type).slot[slot];
  update::AuditEntry entry;
  entry.kind = kind;
  entry.type = static_cast<std::uint8_t>(type);
  entry.slot = slot;
  entry.code = code;
  entry.version = image.version;
  entry.id = image.id;
  return keeper_.append(entry, now);
}

}  // namespace aiot::device
