// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/audit_source.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include "aiot/toolkit/files.hpp"
#include "aiot/toolkit/record_archive.hpp"
#include "aiot/update/boot_record.hpp"

namespace aiot::cli {

namespace {

std::optional<std::uint32_t> number(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  text.remove_prefix(hexadecimal ? 2 : 0);
  std::uint32_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

/// "OFFSET:SIZE", or "none": a region of size 0.
std::optional<hal::FlashRegion> region(const std::string& text) {
  if (text == "none") {
    return hal::FlashRegion{};
  }
  const std::size_t colon = text.find(':');
  const auto offset = number(std::string_view(text).substr(0, colon));
  const auto size = colon == std::string::npos ? std::optional<std::uint32_t>()
                                               : number(std::string_view(text).substr(colon + 1));
  if (!offset || !size) {
    return std::nullopt;
  }
  return hal::FlashRegion{*offset, *size};
}

std::string mount_words(Error error) {
  switch (error) {
    case Error::kInvalidArgument:
      return "does not fit the flash, or was written with another geometry; give region, --sector, "
             "--page and --program of the device";
    case Error::kUnsupported:
      return "is of another format, or of a geometry that is none; use the aiot that belongs to "
             "the "
             "device";
    case Error::kCorrupt:
      return "holds something else; give its region, or take it for tampered with";
    default:
      return std::string("can not be read (") + to_string(error) + "); read the flash out again";
  }
}

}  // namespace

void add_audit_options(CLI::App& verb, AuditOptions& options) {
  verb.add_option("path", options.path, "Store directory, or raw dump of a flash chip")
      ->type_name("PATH")
      ->required();
  const char* const dump = "For a dump";
  verb.add_option("--audit", options.audit, "Region of the audit log")
      ->type_name("OFFSET:SIZE")
      ->capture_default_str()
      ->group(dump);
  verb.add_option("--boot-record", options.boot_record, "Region of the boot record, or none")
      ->type_name("OFFSET:SIZE")
      ->capture_default_str()
      ->group(dump);
  verb.add_option("--sector", options.sector, "Bytes that are erased together")
      ->capture_default_str()
      ->group(dump);
  verb.add_option("--page", options.page, "Bytes that are programmed at once at most")
      ->capture_default_str()
      ->group(dump);
  verb.add_option("--program", options.program, "Bytes that are programmed at once at least")
      ->capture_default_str()
      ->group(dump);
  verb.add_flag("--json", options.json, "One JSON object a line instead of text");
}

Status DumpFlash::read(std::uint32_t offset, MutableBytes out) const noexcept {
  if (offset > bytes_.size() || out.size() > bytes_.size() - offset) {
    return Error::kOutOfRange;
  }
  std::copy_n(bytes_.begin() + offset, out.size(), out.begin());
  return {};
}

void DumpFlash::set(std::vector<std::byte> bytes, const AuditOptions& options) {
  bytes_ = std::move(bytes);
  const auto size = static_cast<std::uint32_t>(bytes_.size());
  geometry_ = {.size = size - size % options.sector,
               .sector = options.sector,
               .page = options.page,
               .program = options.program,
               .erased = std::byte{0xFF},
               .reprogram = options.program < 8};
}

bool AuditSource::fail(const std::string& problem) {
  problem_ = problem;
  return false;
}

bool AuditSource::mount(hal::FlashRef flash,
                        const hal::FlashRegion& audit,
                        const hal::FlashRegion& boot_record,
                        const std::string& path) {
  const Status mounted = log_.mount(flash, audit, store::OnFull::kDropOldest);
  if (!mounted.ok()) {
    return fail(path + ": the audit log " + mount_words(mounted.error()));
  }
  if (boot_record.size == 0) {
    return true;
  }
  update::BootRecord record;
  const Status read = record.mount(flash, boot_record);
  if (!read.ok()) {
    return fail(path + ": the boot record " + mount_words(read.error()));
  }
  known_seal_ = record.state().seal;
  return true;
}

bool AuditSource::open_store(const AuditOptions& options) {
  if (!store_.open(options.path, linux_port::Access::kReadOnly).ok()) {
    return fail(store_.message());
  }
  const hal::FlashMap& map = store_.layout().map;
  if (map.audit.size == 0) {
    return fail(options.path + ": has no audit log; name the store of a device that has one");
  }
  return mount(store_.flash(), map.audit, map.boot_record, options.path);
}

bool AuditSource::open_dump(const AuditOptions& options) {
  const auto audit = region(options.audit);
  const auto boot_record = region(options.boot_record);
  if (!audit || !boot_record || audit->size == 0 || options.sector == 0) {
    usage_ = true;
    return fail(
        "a region is OFFSET:SIZE in bytes, such as 0xD8000:0x8000, and a sector not 0; see "
        "aiot records verify --help");
  }
  auto bytes = toolkit::read_file(options.path);
  if (!bytes.ok()) {
    return fail(bytes.problem().text);
  }
  dump_.set(std::move(*bytes), options);
  return mount(dump_, *audit, *boot_record, options.path);
}

bool AuditSource::open(const AuditOptions& options) {
  std::error_code code;
  if (toolkit::RecordArchive::is_archive(options.path)) {
    return fail(options.path +
                ": is an archive of aiot consume, which has no audit log; its records were "
                "verified when they came, show them with aiot records decode");
  }
  return std::filesystem::is_directory(options.path, code) ? open_store(options)
                                                           : open_dump(options);
}

}  // namespace aiot::cli
