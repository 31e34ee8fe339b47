// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/linux/store_dir.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "ports/linux/files.hpp"

namespace aiot::linux_port {
namespace {

constexpr std::uint32_t kFormatVersion = 2;
constexpr const char* kFirstWords = "aiot store ";
constexpr const char* kLayoutFile = "/store.txt";
constexpr const char* kLayoutDraft = "/store.txt.new";
constexpr const char* kFlashFile = "/flash.bin";

/// The numbers of a layout with their names in `store.txt`, in the order of the file.
template <class Layout, class Visit>
void for_each_number(Layout& layout, Visit visit) {
  visit("size", layout.geometry.size);
  visit("sector", layout.geometry.sector);
  visit("page", layout.geometry.page);
  visit("program", layout.geometry.program);
  visit("urgent_offset", layout.map.queue[0].offset);
  visit("urgent_size", layout.map.queue[0].size);
  visit("routine_offset", layout.map.queue[1].offset);
  visit("routine_size", layout.map.queue[1].size);
  visit("bulk_offset", layout.map.queue[2].offset);
  visit("bulk_size", layout.map.queue[2].size);
  visit("boot_record_offset", layout.map.boot_record.offset);
  visit("boot_record_size", layout.map.boot_record.size);
  visit("audit_offset", layout.map.audit.offset);
  visit("audit_size", layout.map.audit.size);
  visit("baseline_offset", layout.map.baseline.offset);
  visit("baseline_size", layout.map.baseline.size);
}

/// The same for regions that stores did not always have: each is there as a whole, or not.
template <class Layout, class Visit>
void for_each_later_number(Layout& layout, Visit visit) {
  visit("commands_offset", layout.map.commands.offset);
  visit("commands_size", layout.map.commands.size);
}

std::string to_text(const StoreLayout& layout) {
  std::ostringstream text;
  text << kFirstWords << kFormatVersion << '\n';
  const auto write = [&text](const char* name, std::uint32_t value) {
    text << name << ' ' << value << '\n';
  };
  for_each_number(layout, write);
  if (layout.map.commands.size != 0) {
    for_each_later_number(layout, write);
  }
  return text.str();
}

/// Errors: `kCorrupt` not the text of a store; `kUnsupported` of another format.
Status from_text(const std::string& text, StoreLayout& layout) {
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  const std::string_view words = kFirstWords;
  std::uint32_t version = 0;
  if (line.substr(0, words.size()) != words ||
      std::from_chars(line.data() + words.size(), line.data() + line.size(), version).ec !=
          std::errc{} ||
      version == 0) {
    return Error::kCorrupt;
  }
  if (version != kFormatVersion) {
    return Error::kUnsupported;
  }
  bool good = true;
  const auto read = [&](const std::string& name, std::uint32_t& value) {
    std::string found;
    good = good && static_cast<bool>(lines >> found >> value) && found == name;
  };
  for_each_number(layout, read);
  if (good && !(lines >> std::ws).eof()) {
    for_each_later_number(layout, read);
  }
  layout.geometry.erased = std::byte{0};
  layout.geometry.reprogram = true;
  layout.geometry.overwrite = true;
  return good && hal::check(layout.map, layout.geometry).ok() ? Status{} : Error::kCorrupt;
}

bool write_durably(const std::string& path, const std::string& text, int& error) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) {
    error = errno;
    return false;
  }
  const ssize_t put = ::write(file, text.data(), text.size());
  const bool ok = put == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  error = put >= 0 && put < static_cast<ssize_t>(text.size()) ? ENOSPC : errno;
  ::close(file);
  return ok;
}

bool exists(const std::string& path) {
  struct stat info {};

  return ::lstat(path.c_str(), &info) == 0;
}

bool is_block_device(const std::string& path) {
  struct stat info {};

  return ::stat(path.c_str(), &info) == 0 && S_ISBLK(info.st_mode);
}

/// Whether the device's part for the store reads as zeros. Errors: those of reading.
Result<bool> is_blank(FileFlash& flash) {
  std::array<std::byte, 4096> bytes{};
  const std::uint32_t size = flash.geometry().size;
  for (std::uint32_t at = 0; at < size;) {
    const auto part = static_cast<std::uint32_t>(std::min<std::size_t>(bytes.size(), size - at));
    const auto piece = MutableBytes(bytes).first(part);
    AIOT_TRY(flash.read(at, piece));
    if (std::any_of(piece.begin(), piece.end(), [](std::byte b) { return b != std::byte{0}; })) {
      return false;
    }
    at += part;
  }
  return true;
}

/// Whether a flash file holds zeros only, as it was created.
bool never_used(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 4096> bytes{};
  while (file.read(bytes.data(), static_cast<std::streamsize>(bytes.size())), file.gcount() > 0) {
    const auto end = bytes.begin() + file.gcount();
    if (std::any_of(bytes.begin(), end, [](char c) { return c != 0; })) {
      return false;
    }
  }
  return file.eof() && !file.bad();  // one that can not be opened may hold anything
}

}  // namespace

StoreLayout default_store_layout(std::uint32_t sectors_per_stream) noexcept {
  constexpr std::uint32_t kSector = 4096;
  constexpr std::uint32_t kSmall = 4 * kSector;
  StoreLayout layout;
  std::uint32_t offset = 0;
  const auto take = [&offset](std::uint32_t size) {
    const hal::FlashRegion region{offset, size};
    offset += size;
    return region;
  };
  for (hal::FlashRegion& queue : layout.map.queue) {
    queue = take(sectors_per_stream * kSector);
  }
  layout.map.boot_record = take(kSmall);
  layout.map.audit = take(kSmall);
  layout.map.baseline = take(kSmall);
  layout.map.commands = take(kSmall);
  layout.geometry = {.size = offset,
                     .sector = kSector,
                     .page = kSector,
                     .program = 8,  // so that frames touch, and are written together
                     .erased = std::byte{0},
                     .reprogram = true,
                     .overwrite = true,
                     .session = 0};
  return layout;
}

StoreDir::~StoreDir() {
  close();
}

void StoreDir::close() noexcept {
  flash_.close();
  if (directory_ >= 0) {
    ::close(directory_);  // and with it the lock
    directory_ = -1;
  }
}

Status StoreDir::fail(Error error, std::string message) {
  close();
  message_ = std::move(message);
  return error;
}

Status StoreDir::lock(const std::string& path, Access access) {
  directory_ = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory_ < 0) {
    const int error = errno;
    if (error == ENOENT) {
      return fail(Error::kEmpty, "there is no store '" + path + "'; check the path");
    }
    if (error == ENOTDIR) {
      return fail(Error::kCorrupt, "'" + path + "' is not a directory; name a store directory");
    }
    return fail(Error::kIo, "can not open store '" + path + "': " + advice(error));
  }
  const int kind = access == Access::kReadOnly ? LOCK_SH : LOCK_EX;
  if (::flock(directory_, kind | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return fail(Error::kWouldBlock,
                  "store '" + path + "' is in use by another process; stop that one first");
    }
    return fail(Error::kIo, "can not lock store '" + path + "': " + advice(errno));
  }
  return {};
}

/// The flash file first: a directory without `store.txt` holds nothing that anyone relies on.
Status StoreDir::create(const std::string& path, const StoreLayout& layout) {
  if (!hal::check(layout.map, layout.geometry).ok()) {
    return fail(Error::kInvalidArgument,
                "the regions of store '" + path + "' overlap or do not fit; correct the layout");
  }
  const bool device = is_block_device(path + kFlashFile);
  if (device) {
    AIOT_TRY(check_device(path, layout));
  } else {
    std::string message;
    const Status made = FileFlash::create(path + kFlashFile, layout.geometry, message);
    if (!made.ok()) {
      return fail(made.error(), "can not create store '" + path + "': " + message);
    }
  }
  int error = 0;
  const bool written =
      write_durably(path + kLayoutDraft, to_text(layout), error) &&
      (::rename((path + kLayoutDraft).c_str(), (path + kLayoutFile).c_str()) == 0 ||
       (error = errno, false)) &&
      ((sync_directory(path) &&
        // A folder that we may use but not list holds a directory that was there before.
        (sync_directory(parent_of(path)) || errno == EACCES)) ||
       (error = errno, false));
  if (!written) {
    ::unlink((path + kLayoutDraft).c_str());
    ::unlink((path + kLayoutFile).c_str());
    if (!device) {
      ::unlink((path + kFlashFile).c_str());
    }
    return fail(error_of(error), "can not create store '" + path + "': " + advice(error));
  }
  return {};
}

/// A device that the user has put there is taken as it is, and never written over.
Status StoreDir::check_device(const std::string& path, const StoreLayout& layout) {
  const std::string name = path + kFlashFile;
  const std::string problem = "can not create store '" + path + "': ";
  std::string message;
  const Status opened = flash_.open(name, layout.geometry, Access::kReadWrite, message);
  if (!opened.ok()) {
    return fail(opened.error(), problem + message);
  }
  const Result<bool> blank = is_blank(flash_);
  if (!blank.ok()) {
    return fail(blank.error(),
                problem + "'" + name + "' can not be read (" +
                    std::system_category().message(flash_.last_errno()) + "); check the device");
  }
  if (!*blank) {
    return fail(Error::kCorrupt,
                problem + "'" + name + "' is not blank; if nothing on it is needed, blank it: dd " +
                    "if=/dev/zero of=" + name + " bs=" + std::to_string(layout.geometry.sector) +
                    " count=" + std::to_string(layout.geometry.size / layout.geometry.sector) +
                    " conv=notrunc,fsync");
  }
  flash_.close();
  return {};
}

Status StoreDir::open_locked(const std::string& path, Access access) {
  std::ifstream file(path + kLayoutFile, std::ios::binary);
  if (!file) {
    if (exists(path + kLayoutFile)) {
      return fail(Error::kIo, "can not read store '" + path + "': " + advice(EACCES));
    }
    return fail(Error::kCorrupt,
                "'" + path + "' is not a store (no store.txt); name a store directory");
  }
  std::array<char, 4096> bytes{};
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  const std::string text(bytes.data(), static_cast<std::size_t>(file.gcount()));
  const Status parsed = from_text(text, layout_);
  if (parsed.error() == Error::kUnsupported) {
    return fail(Error::kUnsupported,
                "store '" + path + "' is of another format (" + text.substr(0, text.find('\n')) +
                    ", this is format " + std::to_string(kFormatVersion) +
                    "); drain it with the aiot that wrote it");
  }
  if (!parsed.ok()) {
    return fail(Error::kCorrupt,
                "'" + path + "/store.txt' is damaged; restore it or start with a new directory");
  }
  std::string message;
  const Status opened = flash_.open(path + kFlashFile, layout_.geometry, access, message);
  if (!opened.ok()) {
    const Error error = opened.error() == Error::kEmpty ? Error::kCorrupt : opened.error();
    return fail(error, "store '" + path + "': " + message);
  }
  message_.clear();
  return {};
}

Status StoreDir::open(const std::string& path, Access access) {
  if (is_open()) {
    message_ = "a store is open already; close it first";
    return Error::kWrongState;
  }
  AIOT_TRY(lock(path, access));
  return open_locked(path, access);
}

Status StoreDir::open_or_create(const std::string& path, const StoreLayout& layout) {
  if (is_open()) {
    message_ = "a store is open already; close it first";
    return Error::kWrongState;
  }
  const bool made = ::mkdir(path.c_str(), 0755) == 0;
  if (!made && errno != EEXIST) {
    const int error = errno;
    return fail(error_of(error),
                "can not create store '" + path + "': " +
                    (error == ENOENT ? "the folder above it does not exist; create it first"
                                     : advice(error)));
  }
  AIOT_TRY(lock(path, Access::kReadWrite));
  if (!exists(path + kLayoutFile)) {
    AIOT_TRY(remove_draft(path));
    const Status created = create(path, layout);
    if (!created.ok()) {
      if (made) {
        ::rmdir(path.c_str());
      }
      return created;
    }
  }
  AIOT_TRY(open_locked(path, Access::kReadWrite));
  StoreLayout without = layout;
  without.map.commands = {};
  without.geometry.size -= layout.map.commands.size;
  if (to_text(layout_) != to_text(layout) && to_text(layout_) != to_text(without)) {
    return fail(Error::kInvalidArgument,
                "store '" + path +
                    "' was created with another geometry; drain it, or use another "
                    "directory");
  }
  return {};
}

/// A creation that was cut short leaves files without `store.txt`; they go. Anything else in the
/// directory means that it is not ours.
Status StoreDir::remove_draft(const std::string& path) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(path, ignored)) {
    const std::string name = "/" + entry.path().filename().string();
    if (name != kFlashFile && name != kLayoutDraft) {
      return fail(Error::kCorrupt,
                  "'" + path + "' is not a store and not empty; name another directory");
    }
  }
  std::error_code none;
  const bool device = is_block_device(path + kFlashFile);
  if (!device && std::filesystem::is_symlink(path + kFlashFile, none)) {
    return fail(Error::kCorrupt,
                "'" + path +
                    "/flash.bin' is a link to something else than a block device that is there; "
                    "connect the device or correct the link");
  }
  if (device) {
    ::unlink((path + kLayoutDraft).c_str());
    return {};
  }
  if (exists(path + kFlashFile) && !never_used(path + kFlashFile)) {
    return fail(Error::kCorrupt,
                "'" + path + "' has lost its store.txt; restore it or name another directory");
  }
  ::unlink((path + kFlashFile).c_str());
  ::unlink((path + kLayoutDraft).c_str());
  return {};
}

}  // namespace aiot::linux_port
