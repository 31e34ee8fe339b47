// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/sink.hpp"

namespace aiot::linux_port {

/// A file or stream as the consumer: appends each batch's payload, so that the whole is one CBOR
/// sequence, and acknowledges when it is on the disk (fdatasync; a pipe or terminal: written).
///
/// A crash may leave half a batch at the end of a file; `open` cuts it to whole records. A file
/// that is damaged otherwise is refused and stays as it is: what is behind the damage may have been
/// acknowledged. What a record is, only the caller knows (a port includes no service), hence
/// `WholeRecords`.
///
/// A pipe or terminal whose reader pauses holds up nobody: the sink keeps a copy of the batch,
/// writes on in `poll`, and acknowledges when all of it is written.
class FileSink {
 public:
  /// Size of the whole records at the start of bytes that may be cut anywhere; an error when what
  /// follows them is not what a cut leaves. `record::whole_records` is one.
  using WholeRecords = Result<std::size_t> (*)(Bytes sequence);

  /// The longest tail that may have been torn; more than a batch.
  static constexpr std::size_t kMaxTail = 256 * 1024;

  /// How long `offer` waits for a pipe or terminal, milliseconds.
  static constexpr int kPatienceMs = 100;

  FileSink() noexcept = default;
  ~FileSink();

  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  /// Opens or creates `path` and repairs its tail. Errors: `kIo` it can not be opened, read or
  /// written (errno tells why); `kWrongState` another process has it; `kCorrupt` it holds something
  /// else than records, or a damaged one, and stays as it is.
  Status open(const char* path, WholeRecords whole_records) noexcept;

  /// Writes to an open descriptor, such as standard output, which stays the caller's.
  void attach(int descriptor) noexcept;

  /// Bytes that `open` cut off.
  [[nodiscard]] std::uint64_t repaired_bytes() const noexcept { return repaired_; }

  /// hal::Sink: it is open, the last batch is written, and its acknowledgement was fetched.
  [[nodiscard]] bool ready() const noexcept { return descriptor_ >= 0 && !ack_.has_value(); }

  /// hal::Sink. Errors: `kWouldBlock` the last batch is not written, or its acknowledgement not
  /// fetched yet; `kIo` it could not be written (errno tells why), and a file is as before. When it
  /// could not be made as before either, every later offer is `kIo`, too, until the file is opened
  /// again and repaired; `kWrongState` nothing is open.
  Status offer(const hal::Batch& batch) noexcept;

  /// hal::Sink; does not wait. Errors: `kEmpty`; `kIo` the rest of a batch could not be written
  /// (errno tells why); the next call tries again.
  Result<hal::BatchAck> poll() noexcept;

 private:
  Status repair(WholeRecords whole_records) noexcept;
  Status cut(std::uint64_t size, std::uint64_t tail) noexcept;
  Status fail(Error error) noexcept;
  void close() noexcept;
  Status store(Bytes payload) noexcept;
  Status stream(Bytes payload) noexcept;
  Status write_pending(int patience_ms) noexcept;

  int descriptor_ = -1;
  bool owned_ = false;    // close it at the end
  bool regular_ = false;  // a file that can be synced and cut
  bool torn_ = false;     // a failed batch could not be taken back
  std::uint64_t size_ = 0;
  std::uint64_t repaired_ = 0;
  std::optional<hal::BatchAck> ack_;      // of the batch that was taken over
  std::unique_ptr<std::byte[]> pending_;  // a stream's batch until it is written
  std::size_t pending_size_ = 0;
  std::size_t pending_done_ = 0;
};

static_assert(hal::Sink<FileSink>);

}  // namespace aiot::linux_port
