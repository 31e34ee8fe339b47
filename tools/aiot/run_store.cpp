// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/run_store.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "aiot/record/record.hpp"
#include "aiot/toolkit/files.hpp"
#include "ports/linux/files.hpp"
#include "tools/aiot/console.hpp"

namespace aiot::cli {

namespace {

// 1 MiB a stream: about 20,000 decisions.
constexpr std::uint32_t kSectorsPerStream = 256;

}  // namespace

std::optional<std::string> RunStore::open(const std::string& path, const std::string& device) {
  linux_port::StoreLayout layout = linux_port::default_store_layout(kSectorsPerStream);
  if (!path.empty()) {
    if (!directory_.open_or_create(path, layout).ok()) {
      return directory_.message();
    }
    map_ = directory_.layout().map;
    return belong_to(path, device);
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

/// A consumer knows records by device, stream and sequence: those of one device are not another's.
std::optional<std::string> RunStore::belong_to(const std::string& path, const std::string& device) {
  const std::string file = path + "/device";
  if (const auto owner = toolkit::read_file(file); owner.ok()) {
    std::string name(owner->size(), '\0');
    std::transform(owner->begin(), owner->end(), name.begin(), [](std::byte b) {
      return static_cast<char>(b);
    });
    return name == device
               ? std::nullopt
               : std::optional(path + ": is the store of the device '" + printable(name) +
                               "'; use --device with that name, or another --store");
  }
  std::string message;
  const Bytes name = as_bytes(device.data(), device.size());
  return linux_port::replace_file(file, name, 0644, message).ok() ? std::nullopt
                                                                  : std::optional(message);
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
