// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string_view>

#include "aiot/core/bytes.hpp"

namespace aiot::toolkit {

/// A prepared statement; reset when it is used again.
class Statement {
 public:
  Statement() = default;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  ~Statement() { sqlite3_finalize(handle_); }

  bool prepare(sqlite3* database, const char* sql) {
    return sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr) ==
           SQLITE_OK;
  }

  /// Begins anew; parameters are bound in the order of their numbers.
  Statement& with() {
    sqlite3_reset(handle_);
    bound_ = 0;
    return *this;
  }

  Statement& operator<<(std::string_view text) {
    sqlite3_bind_text(
        handle_, ++bound_, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    return *this;
  }

  Statement& operator<<(std::int64_t number) {
    sqlite3_bind_int64(handle_, ++bound_, number);
    return *this;
  }

  Statement& operator<<(std::uint64_t number) { return *this << static_cast<std::int64_t>(number); }

  Statement& operator<<(Bytes bytes) {
    // A null pointer would bind NULL.
    sqlite3_bind_blob(handle_,
                      ++bound_,
                      bytes.empty() ? "" : static_cast<const void*>(bytes.data()),
                      static_cast<int>(bytes.size()),
                      SQLITE_TRANSIENT);
    return *this;
  }

  /// Runs a statement without rows.
  bool run() {
    const bool done = sqlite3_step(handle_) == SQLITE_DONE;
    return sqlite3_reset(handle_) == SQLITE_OK && done;
  }

  /// The next row; false: there is none, or an error that `finish` tells.
  bool next() {
    last_ = sqlite3_step(handle_);
    return last_ == SQLITE_ROW;
  }

  /// Ends the reading of rows. False: an error.
  bool finish() {
    const bool good = last_ == SQLITE_ROW || last_ == SQLITE_DONE;
    sqlite3_reset(handle_);
    return good;
  }

  [[nodiscard]] std::uint64_t number(int column) const {
    return static_cast<std::uint64_t>(sqlite3_column_int64(handle_, column));
  }

  [[nodiscard]] Bytes bytes(int column) const {
    const auto* const data = static_cast<const std::byte*>(sqlite3_column_blob(handle_, column));
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
  }

 private:
  sqlite3_stmt* handle_ = nullptr;
  int bound_ = 0;
  int last_ = SQLITE_DONE;
};

}  // namespace aiot::toolkit
