// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <sqlite3.h>

#include <cstddef>
#include <cstdio>

#include "bench/store/contestant.hpp"

namespace aiot::bench {
namespace {

// AUTOINCREMENT: without it a sequence restarts when the newest record is deleted.
constexpr const char* kTables =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "CREATE TABLE record (sequence INTEGER PRIMARY KEY AUTOINCREMENT, payload BLOB NOT NULL);"
    "CREATE TABLE acknowledged (id INTEGER PRIMARY KEY, sequence INTEGER NOT NULL,"
    "                           hash BLOB NOT NULL);"
    "INSERT INTO acknowledged VALUES (1, 0, zeroblob(16));";

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};

/// A statement that is prepared once and run many times.
class Statement {
 public:
  bool prepare(sqlite3* database, const char* sql) {
    return sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr) ==
           SQLITE_OK;
  }

  Statement() = default;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  ~Statement() { sqlite3_finalize(handle_); }

  bool bind(int at, std::uint64_t value) {
    return sqlite3_bind_int64(handle_, at, static_cast<sqlite3_int64>(value)) == SQLITE_OK;
  }

  /// `bytes` stay until the statement has run.
  bool bind(int at, Bytes bytes) {
    return sqlite3_bind_blob(
               handle_, at, bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC) ==
           SQLITE_OK;
  }

  /// Runs it to the end.
  bool run() {
    const bool done = sqlite3_step(handle_) == SQLITE_DONE;
    return sqlite3_reset(handle_) == SQLITE_OK && done;
  }

  /// The next row: true while there is one.
  bool next() { return sqlite3_step(handle_) == SQLITE_ROW; }

  bool finish() { return sqlite3_reset(handle_) == SQLITE_OK; }

  [[nodiscard]] std::uint64_t number(int column) const {
    return static_cast<std::uint64_t>(sqlite3_column_int64(handle_, column));
  }

  [[nodiscard]] Bytes bytes(int column) const {
    const auto* const data = static_cast<const std::byte*>(sqlite3_column_blob(handle_, column));
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
  }

 private:
  sqlite3_stmt* handle_ = nullptr;
};

class Sqlite : public Contestant {
 public:
  bool open(const std::string& path) {
    sqlite3* made = nullptr;
    const int opened = sqlite3_open(path.c_str(), &made);
    database_.reset(made);
    return opened == SQLITE_OK &&
           sqlite3_exec(made, kTables, nullptr, nullptr, nullptr) == SQLITE_OK &&
           begin_.prepare(made, "BEGIN") && commit_.prepare(made, "COMMIT") &&
           insert_.prepare(made, "INSERT INTO record (payload) VALUES (?1)") &&
           select_.prepare(made,
                           "SELECT sequence, payload FROM record ORDER BY sequence LIMIT ?1") &&
           remove_.prepare(made, "DELETE FROM record WHERE sequence <= ?1") &&
           note_.prepare(made, "UPDATE acknowledged SET sequence = ?1, hash = ?2 WHERE id = 1");
  }

  bool append(std::span<const Bytes> records) override {
    if (records.size() == 1) {  // a transaction of its own
      return insert_.bind(1, records[0]) && insert_.run();
    }
    bool good = begin_.run();
    for (const Bytes record : records) {
      good = good && insert_.bind(1, record) && insert_.run();
    }
    return good && commit_.run();
  }

  bool read(std::uint64_t count, Reader& reader) override {
    bool good = select_.bind(1, count);
    std::uint64_t rows = 0;
    while (good && select_.next()) {
      good = reader.take(select_.number(0), select_.bytes(1));
      ++rows;
    }
    return select_.finish() && good && rows == count;
  }

  bool acknowledge(std::uint64_t last, const BatchHash& hash) override {
    return begin_.run() && remove_.bind(1, last) && remove_.run() && note_.bind(1, last) &&
           note_.bind(2, Bytes{hash}) && note_.run() && commit_.run();
  }

 private:
  std::unique_ptr<sqlite3, CloseDatabase> database_;
  Statement begin_;
  Statement commit_;
  Statement insert_;
  Statement select_;
  Statement remove_;
  Statement note_;
};

}  // namespace

std::unique_ptr<Contestant> sqlite_contestant(const std::string& path) {
  auto made = std::make_unique<Sqlite>();
  if (!made->open(path)) {
    std::fprintf(stderr, "can not make the database '%s'; choose another --dir\n", path.c_str());
    return nullptr;
  }
  return made;
}

}  // namespace aiot::bench
