// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "aiot/store/frame_log.hpp"
#include "ports/linux/store_dir.hpp"

namespace aiot::cli {

/// Where an audit log is. What concerns regions and geometry is for dumps; a store directory knows
/// its own.
struct AuditOptions {
  std::string path;
  std::string audit = "0xD8000:0x8000";  ///< of the boards in ports/baremetal
  std::string boot_record = "0xD0000:0x4000";
  std::uint32_t sector = 4096;
  std::uint32_t page = 256;
  std::uint32_t program = 4;
  bool json = false;
};

/// Adds the path and what describes a dump.
void add_audit_options(CLI::App& verb, AuditOptions& options);

/// Bytes of a flash chip that were read out; nothing is ever written.
class DumpFlash {
 public:
  hal::FlashGeometry geometry() const noexcept { return geometry_; }

  Status read(std::uint32_t offset, MutableBytes out) const noexcept;

  Status program(std::uint32_t /*offset*/, Bytes /*in*/) noexcept { return Error::kWrongState; }

  Status erase(std::uint32_t /*offset*/) noexcept { return Error::kWrongState; }

  Status sync() noexcept { return {}; }

  /// Cut down to whole sectors.
  void set(std::vector<std::byte> bytes, const AuditOptions& options);

 private:
  std::vector<std::byte> bytes_;
  hal::FlashGeometry geometry_{};
};

static_assert(hal::FlashDevice<DumpFlash>);

/// The audit log of a store directory or of a dump, and the seal number in the boot record beside
/// it.
class AuditSource {
 public:
  /// False: `problem` says in one line what is wrong and what to do; `usage` that an option makes
  /// no sense.
  bool open(const AuditOptions& options);

  [[nodiscard]] const store::FrameLog& log() const noexcept { return log_; }

  /// Number of the newest seal by the boot record; 0: it knows none, or is not there.
  [[nodiscard]] std::uint32_t known_seal() const noexcept { return known_seal_; }

  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

  [[nodiscard]] bool usage() const noexcept { return usage_; }

 private:
  bool fail(const std::string& problem);
  bool open_store(const AuditOptions& options);
  bool open_dump(const AuditOptions& options);
  bool mount(hal::FlashRef flash,
             const hal::FlashRegion& audit,
             const hal::FlashRegion& boot_record,
             const std::string& path);

  linux_port::StoreDir store_;
  DumpFlash dump_;
  store::FrameLog log_;
  std::uint32_t known_seal_ = 0;
  std::string problem_;
  bool usage_ = false;
};

}  // namespace aiot::cli
