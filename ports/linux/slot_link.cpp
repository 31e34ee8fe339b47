// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/linux/slot_link.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <utility>

#include "aiot/core/check.hpp"
#include "ports/linux/files.hpp"

namespace aiot::linux_port {
namespace {

std::string successor_of(const std::string& path) {
  return path + ".new";
}

}  // namespace

SlotLink::SlotLink(std::string path, std::array<std::string, kSlots> files)
    : path_(std::move(path)), files_(std::move(files)) {
  AIOT_CHECK(files_[0] != files_[1]);
}

std::string SlotLink::file(std::uint8_t slot) const {
  AIOT_CHECK(slot < kSlots);
  return parent_of(path_) + "/" + files_[slot];
}

Error SlotLink::fail(Error error, std::string message) {
  message_ = std::move(message);
  return error;
}

Error SlotLink::fail_to_change(int error) {
  return fail(error_of(error), "can not change link '" + path_ + "': " + advice(error));
}

/// The slot that the link names, whether or not its file is there.
Result<std::uint8_t> SlotLink::named() {
  std::array<char, PATH_MAX> text{};
  const ssize_t size = ::readlink(path_.c_str(), text.data(), text.size());
  if (size < 0) {
    switch (errno) {
      case ENOENT:
        return fail(Error::kEmpty, "there is no link '" + path_ + "'; start a slot");
      case EINVAL:
        return fail(Error::kWrongState,
                    "'" + path_ + "' is not a symbolic link; move it out of the way");
      default:
        return fail(Error::kIo, "can not read link '" + path_ + "': " + advice(errno));
    }
  }
  const std::string name(text.data(), static_cast<std::size_t>(size));
  for (std::uint8_t slot = 0; slot < kSlots; ++slot) {
    if (name == files_[slot]) {
      message_.clear();
      return slot;
    }
  }
  return fail(Error::kInvalidArgument,
              "link '" + path_ + "' names '" + name + "', not '" + files_[0] + "' or '" +
                  files_[1] + "'; somebody else has made it, remove it");
}

Result<std::uint8_t> SlotLink::read() {
  const Result<std::uint8_t> slot = named();

  struct stat info {};

  if (slot.ok() && ::stat(path_.c_str(), &info) != 0) {
    const bool missing = errno == ENOENT;
    return fail(missing ? Error::kCorrupt : Error::kIo,
                "link '" + path_ + "' names '" + files_[*slot] +
                    (missing ? "', which is not there; start a slot"
                             : "', which can not be reached: " + advice(errno)));
  }
  return slot;
}

/// A link that a crash left behind goes; what is none was not made here.
Status SlotLink::make_successor(std::uint8_t slot) {
  const std::string successor = successor_of(path_);

  struct stat info {};

  if (::lstat(successor.c_str(), &info) == 0) {
    if (!S_ISLNK(info.st_mode)) {
      return fail(Error::kWrongState,
                  "'" + successor + "' is not a symbolic link; move it out of the way");
    }
    if (::unlink(successor.c_str()) != 0) {
      return fail_to_change(errno);
    }
  }
  if (::symlink(files_[slot].c_str(), successor.c_str()) != 0) {
    return fail_to_change(errno);
  }
  return {};
}

Status SlotLink::point_to(std::uint8_t slot) {
  const std::string target = file(slot);

  struct stat info {};

  if (::stat(target.c_str(), &info) != 0) {
    return errno == ENOENT
               ? fail(Error::kEmpty, "there is no '" + target + "' to link to; make it first")
               : fail(Error::kIo, "can not reach '" + target + "': " + advice(errno));
  }
  const Result<std::uint8_t> before = named();
  if (!before.ok() && before.error() != Error::kEmpty) {
    return before.error();
  }
  if (!before.ok() || *before != slot) {
    AIOT_TRY(make_successor(slot));
    const std::string successor = successor_of(path_);
    if (::rename(successor.c_str(), path_.c_str()) != 0) {
      const int error = errno;
      (void)::unlink(successor.c_str());
      return fail_to_change(error);
    }
  }
  // Also of a link that was right: a crash may have come before this.
  if (!sync_directory(parent_of(path_))) {
    return fail_to_change(errno);
  }
  message_.clear();
  return {};
}

}  // namespace aiot::linux_port
