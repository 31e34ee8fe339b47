// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"

namespace aiot::bench {

/// Takes a record that was read back; false when it is not the expected one.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual bool take(std::uint64_t sequence, Bytes payload) = 0;
};

/// A queue on a disk: records with sequences that never restart, acknowledged up to and with one.
/// False: it failed, and the bench with it.
class Contestant {
 public:
  virtual ~Contestant() = default;

  /// Appends the records and makes all of them durable at once.
  virtual bool append(std::span<const Bytes> records) = 0;

  /// Reads the oldest `count` records in order.
  virtual bool read(std::uint64_t count, Reader& reader) = 0;

  /// Gives up every record up to and with `last`, and keeps `hash`; durable.
  virtual bool acknowledge(std::uint64_t last, const BatchHash& hash) = 0;
};

/// SQLite in the new file `path`, journal_mode=WAL and synchronous=FULL; null: it can not be made.
/// Its sequences start at 1, as AUTOINCREMENT counts.
std::unique_ptr<Contestant> sqlite_contestant(const std::string& path);

/// What the disk allows: one write and one fdatasync for each durable call, and no queue at all.
/// Nothing that syncs each call is faster. Null: `path` can not be made.
std::unique_ptr<Contestant> bare_disk_contestant(const std::string& path);

}  // namespace aiot::bench
