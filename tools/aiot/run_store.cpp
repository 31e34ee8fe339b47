// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/run_store.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "aiot/record/record.hpp"

namespace aiot::cli {

namespace {

// 1 MiB a stream: about 20,000 decisions.
constexpr std::uint32_t kSectorsPerStream = 256;

}  // namespace

std::optional<std::string> RunStore::open(const std::string& path) {
  linux_port::StoreLayout layout = linux_port::default_store_layout(kSectorsPerStream);
  if (!path.empty()) {
    if (!directory_.open_or_create(path, layout).ok()) {
      return directory_.message();
    }
    map_ = directory_.layout().map;
    return std::nullopt;
  }
  layout.geometry.overwrite = false;  // simulated flash
  memory_.resize(layout.geometry.size);
  if (!layout.geometry.reprogram) {
    granules_.resize(layout.geometry.size / layout.geometry.program);
  }
  chip_.emplace(layout.geometry, sim::SimFlash::Ecc::kNo, memory_, granules_);
  chip_->blank();
  map_ = layout.map;
  return std::nullopt;
}

hal::FlashRef RunStore::flash() {
  return chip_ ? hal::FlashRef(*chip_) : hal::FlashRef(directory_.flash());
}

std::optional<std::string> RunSink::open(const std::string& path) {
  delivers_ = !path.empty();
  if (path == "-") {
    file_.attach(STDOUT_FILENO);
    return std::nullopt;
  }
  if (path.empty()) {
    return std::nullopt;
  }
  const Status opened = file_.open(path.c_str(), record::whole_records);
  switch (opened.error()) {
    case Error::kNone:
      return std::nullopt;
    case Error::kWrongState:
      return path + ": another process delivers into it; name another file";
    case Error::kCorrupt:
      return path + ": holds something else than records, or a damaged one; name another file";
    default:
      return path + ": can not be written (" + std::generic_category().message(errno) +
             "); name another file";
  }
}

Status RunSink::offer(const hal::Batch& batch) noexcept {
  return delivers_ ? file_.offer(batch) : Status{Error::kWouldBlock};
}

Result<hal::BatchAck> RunSink::poll() noexcept {
  return delivers_ ? file_.poll() : Result<hal::BatchAck>{Error::kEmpty};
}

}  // namespace aiot::cli
