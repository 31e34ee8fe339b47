// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/record_archive.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <utility>

#include "aiot/link/uplink.hpp"
#include "aiot/record/cbor.hpp"
#include "aiot/record/record.hpp"

namespace aiot::toolkit {
namespace {

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

constexpr int kApplication = 0x41494F54;  // "AIOT"
constexpr int kVersion = 1;
constexpr int kBusyMs = 5000;

constexpr const char* kTables =
    "CREATE TABLE stream (device TEXT NOT NULL, stream INTEGER NOT NULL, begin INTEGER NOT NULL,"
    " last INTEGER NOT NULL, previous BLOB NOT NULL, hash BLOB NOT NULL,"
    " rejoin INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (device, stream)) WITHOUT ROWID;"
    "CREATE TABLE batch (number INTEGER PRIMARY KEY, device TEXT NOT NULL, stream INTEGER NOT NULL,"
    " first INTEGER NOT NULL, last INTEGER NOT NULL, previous BLOB NOT NULL, hash BLOB NOT NULL,"
    " received_ms INTEGER NOT NULL);"
    "CREATE INDEX batch_hash ON batch (device, stream, hash);"
    "CREATE TABLE record (device TEXT NOT NULL, stream INTEGER NOT NULL, sequence INTEGER NOT NULL,"
    " kind INTEGER NOT NULL, received_ms INTEGER NOT NULL, payload BLOB NOT NULL,"
    " PRIMARY KEY (device, stream, sequence)) WITHOUT ROWID;"
    "CREATE TABLE gap (device TEXT NOT NULL, stream INTEGER NOT NULL, first INTEGER NOT NULL,"
    " last INTEGER NOT NULL, PRIMARY KEY (device, stream, first)) WITHOUT ROWID;"
    "CREATE TABLE hole (device TEXT NOT NULL, stream INTEGER NOT NULL, first INTEGER NOT NULL,"
    " last INTEGER NOT NULL, noticed_ms INTEGER NOT NULL);";

std::int64_t index(Stream stream) noexcept {
  return static_cast<std::int64_t>(stream);
}

struct CloseDatabase {
  void operator()(sqlite3* database) const noexcept { sqlite3_close(database); }
};

/// `last` of a stream of which nothing was taken: a -1 in SQLite.
constexpr std::uint64_t kNothing = ~std::uint64_t{0};

/// The largest sequence that SQLite can count; no device comes so far.
constexpr auto kLastSequence = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

/// What an archive knows of a stream when a batch comes. A device that has not delivered anything
/// begins with record 0 and says so with a previous hash of zeros.
struct Past {
  bool known = false;
  bool rejoin = false;
  std::uint64_t begin = 0;
  std::uint64_t next = 0;  // the first sequence that is not accounted for
  BatchHash previous{};    // of the batch that came last
};

/// One record of a batch, or one gap.
struct Part {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t kind = 0;
  Bytes bytes;
};

/// The parts of a batch, one behind the other from first to last; or the fault.
BatchFault parts_of(const hal::Batch& batch, std::vector<Part>& parts) {
  if (batch.last > kLastSequence) {
    return BatchFault::kRange;
  }
  record::Decoder decoder(batch.payload);
  std::uint64_t expected = batch.first;
  while (!decoder.at_end()) {
    const Result<Bytes> bytes = decoder.skip();
    const auto header = bytes.ok() ? record::decode_header(*bytes) : bytes.error();
    if (!header.ok() || header->stream != batch.stream) {
      return BatchFault::kPayload;
    }
    Part part{header->sequence, header->sequence, header->kind, *bytes};
    if (header->kind == static_cast<std::uint64_t>(record::Kind::kGap)) {
      const auto gap = record::decode_gap(*bytes);
      if (!gap.ok()) {
        return BatchFault::kPayload;
      }
      part.last = gap->last;
    }
    if (part.first != expected || part.last < part.first || part.last > batch.last) {
      return BatchFault::kRange;
    }
    expected = part.last + 1;
    parts.push_back(part);
  }
  return parts.empty() || expected != batch.last + 1 ? BatchFault::kRange : BatchFault::kNone;
}

std::string range_text(std::uint64_t first, std::uint64_t last) {
  return std::to_string(first) + " to " + std::to_string(last);
}

}  // namespace

const char* to_string(BatchFault fault) noexcept {
  switch (fault) {
    case BatchFault::kNone:
      return "no fault";
    case BatchFault::kPayload:
      return "the batch holds something else than records of its stream";
    case BatchFault::kRange:
      return "the records are not those that the batch names";
    case BatchFault::kChain:
      return "the batch does not follow what was stored last";
    case BatchFault::kReplay:
      return "an old batch came again";
    case BatchFault::kHole:
      return "records before the batch are missing";
    case BatchFault::kConflict:
      return "a record came again with other content";
    case BatchFault::kRestarted:
      return "the device counts from 0 again: its store is new, or another device has its name";
    case BatchFault::kDisk:
      return "the archive could not be written or read";
  }
  return "unknown fault";
}

struct RecordArchive::State {
  // Statements go before the database: members are destroyed from the last one on.
  std::unique_ptr<sqlite3, CloseDatabase> database;
  Statement begin;
  Statement commit;
  Statement rollback;
  Statement find_stream;
  Statement find_batch;
  Statement find_record;
  Statement put_stream;
  Statement put_batch;
  Statement put_record;
  Statement put_gap;
  Statement put_hole;

  bool prepare() {
    sqlite3* const db = database.get();
    return begin.prepare(db, "BEGIN IMMEDIATE") && commit.prepare(db, "COMMIT") &&
           rollback.prepare(db, "ROLLBACK") &&
           find_stream.prepare(db,
                               "SELECT begin, last, previous, rejoin FROM stream"
                               " WHERE device = ?1 AND stream = ?2") &&
           find_batch.prepare(db,
                              "SELECT last FROM batch"
                              " WHERE device = ?1 AND stream = ?2 AND hash = ?3"
                              " ORDER BY number DESC LIMIT 1") &&
           find_record.prepare(db,
                               "SELECT payload FROM record"
                               " WHERE device = ?1 AND stream = ?2 AND sequence = ?3") &&
           put_stream.prepare(db,
                              "INSERT INTO stream (device, stream, begin, last, previous, hash)"
                              " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET"
                              " begin = ?3, last = ?4, previous = ?5, hash = ?6, rejoin = 0") &&
           put_batch.prepare(db,
                             "INSERT INTO batch (device, stream, first, last, previous, hash,"
                             " received_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)") &&
           put_record.prepare(db, "INSERT INTO record VALUES (?1, ?2, ?3, ?4, ?5, ?6)") &&
           put_gap.prepare(db, "INSERT INTO gap VALUES (?1, ?2, ?3, ?4)") &&
           put_hole.prepare(db, "INSERT INTO hole VALUES (?1, ?2, ?3, ?4, ?5)");
  }

  /// What was taken of a stream; nothing: it could not be read.
  std::optional<Past> past_of(const std::string& device, Stream stream) {
    Past past;
    find_stream.with() << device << index(stream);
    if (find_stream.next()) {
      past.rejoin = find_stream.number(3) != 0;
      past.known = find_stream.number(1) != kNothing;
      if (past.known) {
        past.begin = find_stream.number(0);
        past.next = find_stream.number(1) + 1;
        std::ranges::copy(find_stream.bytes(2), past.previous.begin());
      }
    }
    return find_stream.finish() ? std::optional(past) : std::nullopt;
  }

  /// The last sequence of the batch with that hash, or nothing. False: it could not be read.
  bool last_of(const std::string& device,
               Stream stream,
               const BatchHash& hash,
               std::optional<std::uint64_t>& last) {
    find_batch.with() << device << index(stream) << Bytes(hash);
    if (find_batch.next()) {
      last = find_batch.number(0);
    }
    return find_batch.finish();
  }
};

RecordArchive::RecordArchive(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}

RecordArchive::RecordArchive(RecordArchive&& other) noexcept = default;
RecordArchive& RecordArchive::operator=(RecordArchive&& other) noexcept = default;
RecordArchive::~RecordArchive() = default;

bool RecordArchive::is_archive(const std::string& path) {
  constexpr std::size_t kApplicationAt = 68;
  std::array<char, kApplicationAt + 4> head{};
  std::ifstream file(path, std::ios::binary);
  return file.read(head.data(), head.size()) &&
         std::string_view(head.data(), 15) == "SQLite format 3" &&
         std::string_view(&head[kApplicationAt], 4) == "AIOT";
}

Loaded<RecordArchive> RecordArchive::open(const std::string& path) {
  return open_with(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
}

Loaded<RecordArchive> RecordArchive::open_to_read(const std::string& path) {
  return open_with(path, SQLITE_OPEN_READONLY);
}

Loaded<RecordArchive> RecordArchive::open_with(const std::string& path, int flags) {
  auto state = std::make_unique<State>();
  sqlite3* opened = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &opened, flags | SQLITE_OPEN_EXRESCODE, nullptr);
  state->database.reset(opened);
  const auto problem = [&] {
    return Problem{path + ": " + sqlite3_errmsg(opened) +
                   "; name a file that can be written, or an archive of aiot consume"};
  };
  if (code != SQLITE_OK) {
    return problem();
  }
  sqlite3_busy_timeout(opened, kBusyMs);
  const auto number = [&](const char* sql, int& value) {
    Statement statement;
    if (!statement.prepare(opened, sql) || !statement.next()) {
      return false;
    }
    value = static_cast<int>(statement.number(0));
    return true;
  };
  int application = 0;
  int version = 0;
  int tables = 0;
  if (!number("PRAGMA application_id", application) || !number("PRAGMA user_version", version) ||
      !number("SELECT count(*) FROM sqlite_master", tables)) {
    return problem();
  }
  if (tables != 0 && application != kApplication) {
    return Problem{path + ": is a database of something else; name another file"};
  }
  if (version > kVersion) {
    return Problem{path + ": was written by a newer aiot; use that one"};
  }
  if ((flags & SQLITE_OPEN_READWRITE) != 0) {
    const auto run = [&](const std::string& sql) {
      return sqlite3_exec(opened, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
    };
    // The tables before the write-ahead log: so the file itself says from the first moment what
    // it is.
    const std::string make =
        "BEGIN EXCLUSIVE; PRAGMA application_id = " + std::to_string(kApplication) +
        "; PRAGMA user_version = " + std::to_string(kVersion) + ";" + kTables + "COMMIT;";
    if (!run("PRAGMA synchronous = FULL") || (tables == 0 && !run(make)) ||
        !run("PRAGMA journal_mode = WAL")) {
      return problem();
    }
  } else if (tables == 0) {
    return Problem{path + ": is empty; aiot consume writes archives"};
  }
  if (!state->prepare()) {
    return problem();
  }
  return RecordArchive(std::move(state));
}

BatchReceipt RecordArchive::take(const std::string& device,
                                 const hal::Batch& batch,
                                 std::int64_t now_ms) {
  const auto failed = [this] {
    problem_ = sqlite3_errmsg(state_->database.get());
    BatchReceipt receipt;
    receipt.fault = BatchFault::kDisk;
    receipt.detail = problem_;
    return receipt;
  };
  if (!state_->begin.with().run()) {
    return failed();
  }
  BatchReceipt receipt = take_checked(device, batch, now_ms);
  if (receipt.fault == BatchFault::kDisk) {
    receipt = failed();
  }
  if (receipt.fault != BatchFault::kNone) {
    state_->rollback.with().run();
    return receipt;
  }
  if (!state_->commit.with().run()) {
    receipt = failed();
    state_->rollback.with().run();
  }
  return receipt;
}

BatchReceipt RecordArchive::take_checked(const std::string& device,
                                         const hal::Batch& batch,
                                         std::int64_t now_ms) {
  State& state = *state_;
  BatchReceipt receipt;
  const auto refuse = [&receipt](BatchFault fault, std::string detail) {
    receipt.fault = fault;
    receipt.detail = std::move(detail);
    return receipt;
  };
  std::vector<Part> parts;
  const BatchFault form = parts_of(batch, parts);
  if (form != BatchFault::kNone) {
    return refuse(form, "batch " + range_text(batch.first, batch.last));
  }
  const BatchHash hash = link::hash_batch(batch.previous, batch.payload);
  receipt.ack = {batch.stream, batch.last, hash};

  const std::optional<Past> found = state.past_of(device, batch.stream);
  if (!found) {
    return refuse(BatchFault::kDisk, {});
  }
  Past past = *found;
  std::optional<std::uint64_t> floor;
  std::optional<std::uint64_t> taken;
  std::optional<std::uint64_t> follows;
  if (!state.last_of(device, batch.stream, past.previous, floor) ||
      !state.last_of(device, batch.stream, hash, taken) ||
      !state.last_of(device, batch.stream, batch.previous, follows)) {
    return refuse(BatchFault::kDisk, {});
  }
  // What ends behind the batch that the device called acknowledged may still be in flight. The
  // order in which batches came says nothing: one may be repeated, with other content, behind later
  // ones.
  const auto is_open = [&floor](const std::optional<std::uint64_t>& last) {
    return last && (!floor || *last > *floor);
  };
  if (is_open(taken)) {
    receipt.repeated = true;
    return receipt;
  }
  if (follows && batch.first <= *follows) {
    // Of what it calls acknowledged: no device does that.
    return refuse(BatchFault::kReplay,
                  "batch " + range_text(batch.first, batch.last) + " behind record " +
                      std::to_string(*follows));
  }
  // A device that has seen an acknowledgement never names zeros again.
  if (past.known && !taken && batch.first == 0 && batch.previous == BatchHash{} &&
      past.previous != BatchHash{}) {
    return refuse(BatchFault::kRestarted,
                  "batch " + range_text(batch.first, batch.last) + " where " +
                      std::to_string(past.next) + " is expected");
  }
  if (!past.rejoin) {
    if (taken || (batch.previous != past.previous && !is_open(follows))) {
      const bool old = taken || follows;
      return refuse(old ? BatchFault::kReplay : BatchFault::kChain,
                    "batch " + range_text(batch.first, batch.last) + " where " +
                        std::to_string(past.next) + " is expected");
    }
    if (batch.first > past.next) {
      return refuse(BatchFault::kHole, "records " + range_text(past.next, batch.first - 1));
    }
  } else if (taken || (past.known && batch.last < past.next)) {
    // A device that counts anew: its identities would be those of other records.
    return refuse(
        BatchFault::kConflict,
        "the device counts from " + std::to_string(batch.first) + " again; give it another id");
  } else if (!past.known) {
    past.begin = past.next = batch.first;
  } else if (batch.first > past.next) {
    if (!(state.put_hole.with() << device << index(batch.stream) << past.next << batch.first - 1
                                << now_ms)
             .run()) {
      return refuse(BatchFault::kDisk, {});
    }
    past.next = batch.first;
  }
  const std::uint64_t next = past.next;
  if (past.known && batch.last + 1 < past.begin &&
      !(state.put_hole.with() << device << index(batch.stream) << batch.last + 1 << past.begin - 1
                              << now_ms)
           .run()) {
    return refuse(BatchFault::kDisk, {});
  }

  for (const Part& part : parts) {
    if (part.kind == static_cast<std::uint64_t>(record::Kind::kGap)) {
      const std::uint64_t first = std::max(part.first, next);
      if (first <= part.last) {
        if (!(state.put_gap.with() << device << index(batch.stream) << first << part.last).run()) {
          return refuse(BatchFault::kDisk, {});
        }
        ++receipt.stored;
      }
      continue;
    }
    if (part.first < next) {
      state.find_record.with() << device << index(batch.stream) << part.first;
      const bool there = state.find_record.next();
      const bool same = there && std::ranges::equal(state.find_record.bytes(0), part.bytes);
      if (!state.find_record.finish()) {
        return refuse(BatchFault::kDisk, {});
      }
      if (there && !same) {
        return refuse(BatchFault::kConflict, "record " + std::to_string(part.first));
      }
      if (there) {
        continue;
      }
      // Of a hole, or given up by a device that found it again after a restart.
    }
    if (!(state.put_record.with() << device << index(batch.stream) << part.first << part.kind
                                  << now_ms << part.bytes)
             .run()) {
      return refuse(BatchFault::kDisk, {});
    }
    ++receipt.stored;
  }
  const std::uint64_t begin = std::min(past.begin, batch.first);
  const std::uint64_t last = past.known ? std::max(batch.last, next - 1) : batch.last;
  if (!(state.put_batch.with() << device << index(batch.stream) << batch.first << batch.last
                               << Bytes(batch.previous) << Bytes(hash) << now_ms)
           .run() ||
      !(state.put_stream.with() << device << index(batch.stream) << begin << last
                                << Bytes(batch.previous) << Bytes(hash))
           .run()) {
    return refuse(BatchFault::kDisk, {});
  }
  return receipt;
}

bool RecordArchive::rejoin(const std::string& device, Stream stream) {
  Statement statement;
  const bool done = statement.prepare(state_->database.get(),
                                      "INSERT INTO stream VALUES (?1, ?2, -1, -1, x'', x'', 1)"
                                      " ON CONFLICT DO UPDATE SET rejoin = 1") &&
                    (statement.with() << device << index(stream)).run();
  if (!done) {
    problem_ = sqlite3_errmsg(state_->database.get());
  }
  return done;
}

std::vector<ArchivedStream> RecordArchive::streams() const {
  std::vector<ArchivedStream> streams;
  Statement rows;
  if (!rows.prepare(
          state_->database.get(),
          "SELECT device, stream, begin, last,"
          " (SELECT count(*) FROM record r WHERE r.device = s.device AND r.stream = s.stream),"
          " (SELECT total(last - first + 1 - (SELECT count(*) FROM record r WHERE r.device = "
          "g.device"
          "  AND r.stream = g.stream AND r.sequence BETWEEN g.first AND g.last)) FROM gap g"
          "  WHERE g.device = s.device AND g.stream = s.stream),"
          " (SELECT total(last - first + 1 - (SELECT count(*) FROM record r WHERE r.device = "
          "h.device"
          "  AND r.stream = h.stream AND r.sequence BETWEEN h.first AND h.last)) FROM hole h"
          "  WHERE h.device = s.device AND h.stream = s.stream)"
          " FROM stream s WHERE last >= 0 ORDER BY device, stream")) {
    return streams;
  }
  while (rows.next()) {
    const Bytes device = rows.bytes(0);
    streams.push_back({.device = {reinterpret_cast<const char*>(device.data()), device.size()},
                       .stream = static_cast<Stream>(rows.number(1)),
                       .begin = rows.number(2),
                       .last = rows.number(3),
                       .records = rows.number(4),
                       .gaps = rows.number(5),
                       .holes = rows.number(6)});
  }
  return streams;
}

std::vector<ArchivedRange> RecordArchive::ranges() const {
  std::vector<ArchivedRange> ranges;
  Statement rows;
  if (!rows.prepare(state_->database.get(),
                    "SELECT device, stream, first, last, 0 FROM gap UNION ALL"
                    " SELECT device, stream, first, last, 1 FROM hole"
                    " ORDER BY device, stream, first")) {
    return ranges;
  }
  while (rows.next()) {
    const Bytes device = rows.bytes(0);
    ranges.push_back({.device = {reinterpret_cast<const char*>(device.data()), device.size()},
                      .stream = static_cast<Stream>(rows.number(1)),
                      .first = rows.number(2),
                      .last = rows.number(3),
                      .is_hole = rows.number(4) != 0});
  }
  return ranges;
}

void RecordArchive::visit(const std::function<bool(const ArchivedRecord&)>& visit) const {
  Statement rows;
  if (!rows.prepare(state_->database.get(),
                    "SELECT device, stream, sequence, received_ms, payload FROM record"
                    " ORDER BY device, stream, sequence")) {
    return;
  }
  bool more = true;
  while (more && rows.next()) {
    const Bytes device = rows.bytes(0);
    const Bytes payload = rows.bytes(4);
    more = visit({.device = {reinterpret_cast<const char*>(device.data()), device.size()},
                  .stream = static_cast<Stream>(rows.number(1)),
                  .sequence = rows.number(2),
                  .received_ms = static_cast<std::int64_t>(rows.number(3)),
                  .payload = {payload.begin(), payload.end()}});
  }
}

}  // namespace aiot::toolkit
