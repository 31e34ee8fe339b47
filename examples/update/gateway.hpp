// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/toolkit/keys.hpp"
#include "aiot/update/audit_keeper.hpp"
#include "aiot/update/audit_log.hpp"
#include "aiot/update/boot_record.hpp"
#include "aiot/update/installer.hpp"
#include "aiot/update/slot_start.hpp"
#include "ports/linux/file_pair.hpp"
#include "ports/linux/key_file.hpp"
#include "ports/linux/slot_link.hpp"
#include "ports/linux/store_dir.hpp"

namespace gateway {

/// Images for anything else are refused.
inline constexpr std::string_view kProduct = "gateway";

/// Room for an image.
inline constexpr std::uint32_t kSlotBytes = 4U << 20U;

char slot_name(std::uint8_t slot);

/// A gateway's folder, and on top of it the same parts that a microcontroller has on its flash:
///
///   slot_a, slot_b    images as they came, with header and signature: the slots
///   app_a, app_b      their payloads, which can be started
///   current           a link to the app that runs
///   store/            boot record and audit log; in a whole gateway also its queue
///   trusted.pub.pem   whose images are taken; a microcontroller has it in its firmware
///   device.key        seals the audit log
///
/// The boot record alone says which slot is started. Apps and link are made to follow it at each
/// start, so it does not matter where a crash leaves them.
class Gateway {
 public:
  explicit Gateway(std::string folder);
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  /// Makes the folder. Goes on where an attempt was cut short; a whole one is left alone, because
  /// it has a key and perhaps images. False: `problem()`.
  bool create(const std::string& trusted_key_file);

  /// Waits while another process has it open, which is never for long. Goes on without an audit log
  /// that can not be read, and says so on standard error: `audit()` is not mounted then, and every
  /// call works without it. False: `problem()`.
  bool open();

  /// One line: what is wrong; what to do.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

  aiot::update::BootRecord& record() noexcept { return record_; }

  aiot::update::Installer& installer() noexcept { return *installer_; }

  aiot::linux_port::SlotLink& link() noexcept { return link_; }

  [[nodiscard]] const aiot::update::AuditLog& audit() const noexcept { return audit_; }

  [[nodiscard]] aiot::hal::KeyStoreRef device_key() noexcept { return device_key_; }

  /// The slot to start by the boot record, which is written before this returns.
  aiot::Result<aiot::update::StartedSlot> choose();

  /// Makes the app of a slot what its verified image holds. False: `problem()`.
  bool extract(const aiot::update::StartedSlot& started);

  /// Those of the installer, with their entries in the audit log.
  aiot::update::InstallVerdict offer(aiot::Bytes offer);
  aiot::update::InstallVerdict write(std::uint32_t offset, aiot::Bytes bytes);
  aiot::update::InstallVerdict finish();

  /// An entry about the image in a slot. False: the log does not take it.
  bool tell(aiot::update::AuditKind kind, std::uint8_t slot, std::uint32_t code = 0);

  /// Prints and logs the returns that were not told yet.
  void tell_returns();

  /// Logs what a start finds: other keys than before, returns, and a confirmation that a crash kept
  /// from the log.
  void tell_start();

  /// Seals what was told: from here on it can not be changed without a trace.
  void seal();

 private:
  bool fail(std::string problem);
  bool report(const char* what, aiot::Status status);
  aiot::update::InstallVerdict reported(const aiot::update::AuditedVerdict& audited);
  [[nodiscard]] aiot::update::VerifyPolicy policy() const noexcept;
  [[nodiscard]] std::optional<std::uint8_t> running();

  [[nodiscard]] std::string path(const char* name) const { return folder_ + "/" + name; }

  [[nodiscard]] aiot::linux_port::FilePair::Paths slot_paths() const;

  std::string folder_;
  std::string problem_;
  aiot::linux_port::StoreDir store_;
  aiot::linux_port::FilePair slots_;
  aiot::linux_port::SlotLink link_;
  aiot::linux_port::KeyFile device_key_;
  aiot::toolkit::PublicKey trusted_;
  std::array<aiot::update::TrustedKey, 1> keys_{};
  aiot::update::BootRecord record_;
  aiot::update::AuditLog audit_;
  aiot::update::AuditKeeper keeper_{audit_, record_};
  std::optional<aiot::update::Installer> installer_;
  std::array<std::byte, aiot::update::kInstallerBuffer> buffer_{};
};

}  // namespace gateway
