// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aiot/hal/flash.hpp"
#include "aiot/hal/flash_map.hpp"
#include "aiot/hal/sink.hpp"
#include "ports/linux/file_sink.hpp"
#include "ports/linux/store_dir.hpp"
#include "ports/sim/flash.hpp"

namespace aiot::cli {

/// Where a run keeps its records: a directory, or memory that is gone with the command.
class RunStore {
 public:
  RunStore() = default;
  RunStore(const RunStore&) = delete;
  RunStore& operator=(const RunStore&) = delete;

  /// Opens or creates the store in `path`, which is that of `device` from then on; memory when it
  /// is empty. The problem, or nothing.
  std::optional<std::string> open(const std::string& path, const std::string& device);

  [[nodiscard]] hal::FlashRef flash();

  [[nodiscard]] const hal::FlashMap& map() const noexcept { return map_; }

 private:
  static std::optional<std::string> belong_to(const std::string& path, const std::string& device);

  linux_port::StoreDir directory_;
  std::vector<std::byte> memory_;
  std::vector<std::uint8_t> granules_;
  std::optional<sim::SimFlash> chip_;
  hal::FlashMap map_{};
};

/// Where records are delivered: a file, standard output, or nowhere (they stay in the store).
class RunSink {
 public:
  RunSink() = default;
  RunSink(const RunSink&) = delete;
  RunSink& operator=(const RunSink&) = delete;

  /// `path` "" nowhere, "-" standard output. The problem, or nothing.
  std::optional<std::string> open(const std::string& path);

  [[nodiscard]] bool delivers() const noexcept { return delivers_; }

  /// Bytes of a half record at the file's end that were cut off.
  [[nodiscard]] std::uint64_t repaired_bytes() const noexcept { return file_.repaired_bytes(); }

  [[nodiscard]] bool ready() const noexcept { return delivers_ && file_.ready(); }

  Status offer(const hal::Batch& batch) noexcept;
  Result<hal::BatchAck> poll() noexcept;

 private:
  linux_port::FileSink file_;
  bool delivers_ = false;
};

static_assert(hal::Sink<RunSink>);

}  // namespace aiot::cli
