// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/linux/file_pair.hpp"

#include <algorithm>
#include <limits>

namespace aiot::linux_port {

Status FilePair::create(const Paths& paths,
                        const hal::FlashGeometry& geometry,
                        std::string& message) {
  if (geometry.size > std::numeric_limits<std::uint32_t>::max() / kFiles) {
    message = "two files of " + std::to_string(geometry.size) + " bytes; use at most 2 GiB";
    return Error::kInvalidArgument;
  }
  for (const std::string& path : paths) {
    const Status created = FileFlash::create(path, geometry, message);
    if (!created.ok() && created.error() != Error::kWrongState) {
      return created;
    }
  }
  message.clear();
  return {};
}

Status FilePair::open(const Paths& paths,
                      const hal::FlashGeometry& geometry,
                      Access access,
                      std::string& message) {
  if (geometry.size > std::numeric_limits<std::uint32_t>::max() / kFiles) {
    message = "two files of " + std::to_string(geometry.size) + " bytes; use at most 2 GiB";
    return Error::kInvalidArgument;
  }
  AIOT_TRY(files_[0].open(paths[0], geometry, access, message));
  const Status opened = files_[1].open(paths[1], geometry, access, message);
  if (!opened.ok()) {
    files_[0].close();
    return opened;
  }
  changed_ = {};
  message.clear();
  return {};
}

void FilePair::close() noexcept {
  for (FileFlash& file : files_) {
    file.close();
  }
}

hal::FlashGeometry FilePair::geometry() const noexcept {
  hal::FlashGeometry geometry = files_[0].geometry();
  geometry.size *= kFiles;
  return geometry;
}

hal::FlashRegion FilePair::region(std::size_t index) const noexcept {
  return {static_cast<std::uint32_t>(index) * file_bytes(), file_bytes()};
}

Status FilePair::read(std::uint32_t offset, MutableBytes out) noexcept {
  const std::uint32_t size = file_bytes();
  if (offset >= size) {
    return files_[1].read(offset - size, out);
  }
  const std::size_t first = std::min<std::size_t>(out.size(), size - offset);
  if (first < out.size() && out.size() - first > size) {
    return Error::kOutOfRange;
  }
  AIOT_TRY(files_[0].read(offset, out.first(first)));
  return first < out.size() ? files_[1].read(0, out.subspan(first)) : Status{};
}

/// A program never crosses a page, nor therefore the end of a file.
Status FilePair::program(std::uint32_t offset, Bytes in) noexcept {
  const std::size_t index = offset >= file_bytes() ? 1 : 0;
  changed_[index] = true;
  return files_[index].program(offset - region(index).offset, in);
}

Status FilePair::erase(std::uint32_t offset) noexcept {
  const std::size_t index = offset >= file_bytes() ? 1 : 0;
  changed_[index] = true;
  return files_[index].erase(offset - region(index).offset);
}

/// A file that was not changed costs no call to the system.
Status FilePair::sync() noexcept {
  for (std::size_t i = 0; i < kFiles; ++i) {
    if (changed_[i] || !files_[i].is_open()) {
      AIOT_TRY(files_[i].sync());
      changed_[i] = false;
    }
  }
  return {};
}

}  // namespace aiot::linux_port
