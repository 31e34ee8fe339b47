// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/hal/sink.hpp"
#include "aiot/toolkit/loaded.hpp"

struct sqlite3;

namespace aiot::toolkit {

/// Why a batch was not taken. All but `kDisk` and `kHole` say that somebody tampered, or that
/// device and archive do not have the same past. Behind a batch that was lost come others with
/// `kHole`; the device offers all of them again.
enum class BatchFault : std::uint8_t {
  kNone = 0,
  kPayload,   ///< not a sequence of records of that stream
  kRange,     ///< the records do not cover what the batch says, one after the other, up to 2^63 - 1
  kChain,     ///< it does not follow what was taken last: dropped, reordered, or of another past
  kReplay,    ///< an old batch, which was followed by others, with other content or out of place
  kHole,      ///< records between the last one and this batch are missing, so far
  kConflict,  ///< a record that is there already comes with other content
  kRestarted,  ///< the device counts from 0 again: what it had is lost, or another has its name
  kDisk,       ///< the archive could not be written or read; nothing was taken
};

/// One line for people: what is wrong.
const char* to_string(BatchFault fault) noexcept;

struct BatchReceipt {
  BatchFault fault = BatchFault::kNone;
  std::string detail;        ///< of a fault: the numbers
  hal::BatchAck ack{};       ///< to send when there is no fault: all of it is on the disk
  bool repeated = false;     ///< it was taken before; only its acknowledgement was lost
  std::uint64_t stored = 0;  ///< records and gaps that are new
};

/// What is known of one stream of a device.
struct ArchivedStream {
  std::string device;
  Stream stream = Stream::kUrgent;
  std::uint64_t begin = 0;    ///< the first sequence that was ever taken
  std::uint64_t last = 0;     ///< everything up to here is stored, or told as a gap or a hole
  std::uint64_t records = 0;  ///< that are there
  std::uint64_t gaps = 0;     ///< sequences that the device gave up, and that did not come
  std::uint64_t holes = 0;    ///< sequences that nobody accounts for
};

/// Sequences of which there is no record.
struct ArchivedRange {
  std::string device;
  Stream stream = Stream::kUrgent;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  bool is_hole = false;  ///< nobody accounts for them, and some may have come later; else a gap
};

struct ArchivedRecord {
  std::string device;
  Stream stream = Stream::kUrgent;
  std::uint64_t sequence = 0;
  std::int64_t received_ms = 0;  ///< Unix time
  std::vector<std::byte> payload;
};

/// The consumer's disk: records of many devices in one SQLite file (WAL, full sync). Follows the
/// rules of SPEC, "Batches and acknowledgements": chain of hashes per stream, each identity once,
/// no sequence unaccounted for. Who the batch is from was verified before: seals are not its
/// business.
class RecordArchive {
 public:
  /// Opens or makes it. Problems: the folder, permissions, not an archive, one of a newer version,
  /// damaged, busy. Other processes may have it open too, also to write: each batch is one
  /// transaction that sees all those before it.
  static Loaded<RecordArchive> open(const std::string& path);

  /// For reading only; it must be there.
  static Loaded<RecordArchive> open_to_read(const std::string& path);

  /// Whether the file is one, by its first bytes.
  static bool is_archive(const std::string& path);

  RecordArchive(RecordArchive&& other) noexcept;
  RecordArchive& operator=(RecordArchive&& other) noexcept;
  RecordArchive(const RecordArchive&) = delete;
  RecordArchive& operator=(const RecordArchive&) = delete;
  ~RecordArchive();

  /// Takes a batch in one transaction: when it returns without a fault, all of it is on the disk
  /// and the acknowledgement may go out. `batch.hash` is not looked at: it is computed.
  BatchReceipt take(const std::string& device, const hal::Batch& batch, std::int64_t now_ms);

  /// The next batch of the stream is taken whatever it follows: what is missing becomes a hole.
  /// For a device or an archive that has lost its past, or that has none with the other yet. False:
  /// it could not be written; `problem` says why.
  bool rejoin(const std::string& device, Stream stream);

  /// All streams, by device.
  std::vector<ArchivedStream> streams() const;

  /// All gaps and holes, by device and stream, in order.
  std::vector<ArchivedRange> ranges() const;

  /// All records, by device and stream, in order. Stops when `visit` says false.
  void visit(const std::function<bool(const ArchivedRecord&)>& visit) const;

  /// What went wrong with the disk last, in the words of SQLite.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

 private:
  struct State;
  struct Taken;

  explicit RecordArchive(std::unique_ptr<State> state) noexcept;
  static Loaded<RecordArchive> open_with(const std::string& path, int flags);

  BatchReceipt take_checked(const std::string& device,
                            const hal::Batch& batch,
                            std::int64_t now_ms);

  std::unique_ptr<State> state_;
  std::string problem_;
};

}  // namespace aiot::toolkit
