// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/baremetal/semihosting_sink.hpp"

namespace aiot::baremetal {

Status SemihostingSink::offer(const hal::Batch& batch) noexcept {
  if (ack_waits_) {
    return Error::kWouldBlock;
  }
  AIOT_TRY(file_.write(batch.payload));
  ack_ = {.stream = batch.stream, .last = batch.last, .hash = batch.hash};
  ack_waits_ = true;
  return {};
}

Result<hal::BatchAck> SemihostingSink::poll() noexcept {
  if (!ack_waits_) {
    return Error::kEmpty;
  }
  ack_waits_ = false;
  return ack_;
}

}  // namespace aiot::baremetal
