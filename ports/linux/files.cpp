// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/linux/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace aiot::linux_port {
namespace {

/// 0, or errno.
int write_all(int file, Bytes content) noexcept {
  while (!content.empty()) {
    const ssize_t put = ::write(file, content.data(), content.size());
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put <= 0) {
      return put < 0 ? errno : EIO;
    }
    content = content.subspan(static_cast<std::size_t>(put));
  }
  return 0;
}

/// 0, or errno. The mode is set by itself: that of `open` is cut by the umask.
int write_draft(const std::string& path, Bytes content, mode_t mode) noexcept {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) {
    return errno;
  }
  int error = write_all(file, content);
  if (error == 0 && (::fchmod(file, mode) != 0 || ::fsync(file) != 0)) {
    error = errno;
  }
  // What close says counts, too: network file systems tell of a full disk there.
  return ::close(file) != 0 && error == 0 ? errno : error;
}

}  // namespace

std::string parent_of(const std::string& path) {
  const std::size_t end = path.find_last_not_of('/');
  const std::size_t slash = path.find_last_of('/', end == std::string::npos ? 0 : end);
  if (slash == std::string::npos) {
    return ".";
  }
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool sync_directory(const std::string& path) noexcept {
  const int directory = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) {
    return false;
  }
  const bool ok = ::fsync(directory) == 0;
  const int error = errno;
  ::close(directory);
  errno = error;
  return ok;
}

Error error_of(int error) noexcept {
  return error == ENOSPC || error == EDQUOT ? Error::kNoSpace : Error::kIo;
}

std::string advice(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
      return "permission denied; change its owner or mode, or choose another directory";
    case EROFS:
      return "the file system is read-only; choose another directory";
    case ENOSPC:
    case EDQUOT:
      return "the disk is full; free space or choose another directory";
    default:
      return std::system_category().message(error) + "; choose another directory";
  }
}

Status replace_file(const std::string& path, Bytes content, mode_t mode, std::string& message) {
  const std::string draft = path + ".new";
  int error = ::unlink(draft.c_str()) != 0 && errno != ENOENT ? errno : 0;
  if (error == 0) {
    error = write_draft(draft, content, mode);
    if (error == 0 && ::rename(draft.c_str(), path.c_str()) != 0) {
      error = errno;
    }
    if (error != 0) {
      (void)::unlink(draft.c_str());
    }
  }
  if (error == 0 && !sync_directory(parent_of(path))) {
    error = errno;
  }
  if (error != 0) {
    message = "can not write '" + path + "': " + advice(error);
    return error_of(error);
  }
  message.clear();
  return {};
}

}  // namespace aiot::linux_port
