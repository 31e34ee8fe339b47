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
#include "aiot/core/identity.hpp"
#include "aiot/core/time.hpp"
#include "aiot/device/command_record.hpp"
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

/// Says on standard error what is wrong. The exit code for it, 1.
int fail(const std::string& problem);

/// An entry of the audit log in words, without its boot; empty for a kind of a later version.
std::string text_of(const aiot::update::AuditEntry& entry);

/// Prints from which byte on the download of an installer wants its image, of this version.
void print_wanted(const aiot::update::Installer& installer, const aiot::update::Version& version);

/// Prints how far a download is, when what was written from `offset` on has come to another 64 KiB:
/// a crash costs what was written since.
void print_progress(const aiot::update::Installer& installer, std::uint32_t offset);

/// A gateway's folder, and on top of it the same parts that a microcontroller has on its flash:
///
///   slot_a, slot_b    images as they came, with header and signature: the slots
///   app_a, app_b      their payloads, which can be started
///   current           a link to the app that runs
///   store/            boot record, audit log and commands; in a whole gateway also its queue
///   trusted.pub.pem   whose images are taken; a microcontroller has it in its firmware
///   device.key        seals the audit log, and the answers to commands
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

  /// Waits while another process has it open, which is never for long: one that keeps it asks
  /// `wanted`. Goes on without an audit log
  /// that can not be read, and says so on standard error: `audit()` is not mounted then, and every
  /// call works without it. False: `problem()`.
  bool open();

  /// What was downloaded stays, as after a crash. `open` opens it again, as it is then.
  void close() noexcept;

  [[nodiscard]] bool is_open() const noexcept { return store_.is_open(); }

  /// Another process waits in `open`.
  [[nodiscard]] bool wanted() const noexcept;

  /// One line: what is wrong; what to do.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

  aiot::update::BootRecord& record() noexcept { return record_; }

  aiot::update::Installer& installer() noexcept { return *installer_; }

  aiot::linux_port::SlotLink& link() noexcept { return link_; }

  [[nodiscard]] const aiot::update::AuditLog& audit() const noexcept { return audit_; }

  [[nodiscard]] aiot::hal::KeyStoreRef device_key() noexcept { return device_key_; }

  /// Errors: those of `CommandRecord::mount`; `kInvalidArgument`: the folder was made before there
  /// were commands.
  aiot::Status mount(aiot::device::CommandRecord& commands) noexcept;

  /// The slot to start by the boot record, which is written before this returns.
  aiot::Result<aiot::update::StartedSlot> choose();

  /// Makes the app of a slot what its verified image holds. False: `problem()`.
  bool extract(const aiot::update::StartedSlot& started);

  /// Those of the installer, with their entries in the audit log. `now` is of a clock of this
  /// process, which only spaces the entries of refusals: a start is more than one process, and none
  /// knows how long it has run, so entries have no time.
  aiot::update::InstallVerdict offer(aiot::Bytes offer, aiot::Instant now);
  aiot::update::InstallVerdict write(std::uint32_t offset, aiot::Bytes bytes, aiot::Instant now);
  aiot::update::InstallVerdict finish(aiot::Instant now);
  aiot::update::InstallVerdict finish(const aiot::Hash256& file, aiot::Instant now);

  /// Whether a slot holds this image, verified: confirmed, or to be tried.
  [[nodiscard]] bool holds(aiot::update::ImageType type,
                           const aiot::update::ImageId& image) const noexcept;

  /// Another entry; its boot is filled in.
  void tell(const aiot::update::AuditEntry& entry);

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
  bool open_store();
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
