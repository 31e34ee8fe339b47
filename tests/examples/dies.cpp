// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// Linked into an example, it is killed at one of the calls that change files or names:
//   DIE_AT=N        before the N-th of them
//   DIE_TORN=1      a write is made for its first half before
//   DIE_SLOW=1      each of them takes a while, for those who kill it from outside
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace {

/// Whether this call is the last thing that the process does.
bool is_last() {
  static const bool slow = std::getenv("DIE_SLOW") != nullptr;
  if (slow) {
    (void)::usleep(200);
  }
  static long left = [] {
    const char* const at = std::getenv("DIE_AT");
    return at == nullptr ? -1 : std::atol(at);
  }();
  if (left < 0) {
    return false;
  }
  return left-- == 0;
}

void die() {
  (void)::raise(SIGKILL);
}

void die_if_last() {
  if (is_last()) {
    die();
  }
}

bool torn() {
  return std::getenv("DIE_TORN") != nullptr;
}

}  // namespace

// In place of the C library's.
extern "C" {

int rename(const char* from, const char* to) noexcept {
  die_if_last();
  return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0U));
}

int symlink(const char* target, const char* path) noexcept {
  die_if_last();
  return static_cast<int>(::syscall(SYS_symlinkat, target, AT_FDCWD, path));
}

int unlink(const char* path) noexcept {
  die_if_last();
  return static_cast<int>(::syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}

int fsync(int file) {
  die_if_last();
  return static_cast<int>(::syscall(SYS_fsync, file));
}

int fdatasync(int file) {
  die_if_last();
  return static_cast<int>(::syscall(SYS_fdatasync, file));
}

ssize_t write(int file, const void* bytes, size_t size) {
  if (is_last()) {
    if (torn()) {
      (void)::syscall(SYS_write, file, bytes, size / 2);
    }
    die();
  }
  return ::syscall(SYS_write, file, bytes, size);
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset) {
  if (is_last()) {
    if (torn()) {
      (void)::syscall(SYS_pwrite64, file, bytes, size / 2, offset);
    }
    die();
  }
  return ::syscall(SYS_pwrite64, file, bytes, size, offset);
}
}
