// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/output_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace aiot::cli {

namespace {

namespace fs = std::filesystem;

/// Where the bytes go first, and the name that they get when they are durable.
struct Target {
  std::string first;
  std::string last;  ///< empty: `first` is a device or pipe, and there is nothing to rename
};

Target target_of(const std::string& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status)) {
    return {.first = path, .last = {}};
  }
  // Behind a link lies the file that is meant, not the link.
  const fs::path link = fs::is_symlink(path, ignored) ? fs::canonical(path, ignored) : fs::path();
  const std::string last = link.empty() ? path : link.string();
  return {.first = last + ".partial", .last = last};
}

std::string problem(const std::string& path, int error) {
  return path + ": can not be written (" + std::generic_category().message(error) + "); " +
         (error == ENOSPC || error == EDQUOT ? "make room or name another file"
                                             : "check the folder and its permissions");
}

int open_for_writing(const Target& target) {
  const int create = target.last.empty() ? 0 : O_CREAT | O_TRUNC;
  return ::open(target.first.c_str(), O_WRONLY | O_CLOEXEC | create, 0666);
}

/// 0, or errno.
int write_all(int file, Bytes content) {
  while (!content.empty()) {
    const ssize_t written = ::write(file, content.data(), content.size());
    if (written < 0 && errno != EINTR) {
      return errno;
    }
    content = content.subspan(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  return 0;
}

/// 0, or errno. Devices and pipes have nothing to make durable.
int make_durable(int file) {
  return ::fsync(file) == 0 || errno == EINVAL || errno == EROFS ? 0 : errno;
}

/// 0, or errno.
int rename_durably(const Target& target) {
  if (std::rename(target.first.c_str(), target.last.c_str()) != 0) {
    return errno;
  }
  const std::string folder = fs::path(target.last).parent_path().string();
  const int directory =
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) {
    return 0;  // a folder that may be written and not read: the file is there, and whole
  }
  const int error = make_durable(directory);
  (void)::close(directory);
  return error;
}

}  // namespace

std::optional<std::string> write_file(const std::string& path, Bytes content) {
  const Target target = target_of(path);
  const int file = open_for_writing(target);
  if (file < 0) {
    return problem(path, errno);
  }
  int error = write_all(file, content);
  error = error == 0 ? make_durable(file) : error;
  // What close says counts, too: network file systems tell of a full disk there.
  error = ::close(file) != 0 && error == 0 ? errno : error;
  if (!target.last.empty()) {
    error = error == 0 ? rename_durably(target) : error;
    if (error != 0) {
      (void)::unlink(target.first.c_str());
    }
  }
  return error == 0 ? std::nullopt : std::optional(problem(path, error));
}

std::optional<std::string> write_problem(const std::string& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    return problem(path, EISDIR);
  }
  const Target target = target_of(path);
  if (target.last.empty()) {
    return ::access(path.c_str(), W_OK) == 0 ? std::nullopt : std::optional(problem(path, errno));
  }
  const int file = open_for_writing(target);
  if (file < 0) {
    return problem(path, errno);
  }
  (void)::close(file);
  (void)::unlink(target.first.c_str());
  return std::nullopt;
}

}  // namespace aiot::cli
