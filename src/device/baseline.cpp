// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/baseline.hpp"

#include "aiot/store/frame_log.hpp"

namespace aiot::device {

Result<Bytes> load_baseline(hal::FlashRef flash,
                            hal::FlashRegion region,
                            MutableBytes buffer) noexcept {
  if (region.size == 0) {
    return Error::kEmpty;
  }
  store::FrameLog log;
  AIOT_TRY(log.mount(flash, region, store::OnFull::kDropOldest));
  AIOT_TRY_ASSIGN(const store::Frame frame, log.last(buffer));
  return frame.payload;
}

Status save_baseline(hal::FlashRef flash, hal::FlashRegion region, Bytes baseline) noexcept {
  if (region.size == 0) {
    return Error::kWrongState;
  }
  store::FrameLog log;
  AIOT_TRY(log.mount(flash, region, store::OnFull::kDropOldest));
  AIOT_TRY(log.append(baseline));
  return log.sync();
}

}  // namespace aiot::device
