// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "aiot/hal/sink.hpp"
#include "ports/baremetal/semihosting.hpp"

namespace aiot::baremetal {

/// Appends the payload of each batch to a file of the host, which so holds one CBOR sequence, and
/// acknowledges the batch when the host has taken it. A killed emulator can leave a batch in the
/// file whose acknowledgement the queue did not see: it comes again (at least once).
class SemihostingSink {
 public:
  /// Errors: as `semihosting::File::open`.
  Status open(std::string_view path) noexcept {
    return file_.open(path, semihosting::OpenMode::kAppend);
  }

  /// False while an acknowledgement waits to be polled.
  [[nodiscard]] bool ready() const noexcept { return !ack_waits_; }

  /// `kWouldBlock` while an acknowledgement waits to be polled; `kIo` the host did not take it.
  Status offer(const hal::Batch& batch) noexcept;
  Result<hal::BatchAck> poll() noexcept;

 private:
  semihosting::File file_;
  hal::BatchAck ack_{};
  bool ack_waits_ = false;
};

static_assert(hal::Sink<SemihostingSink>);

}  // namespace aiot::baremetal
