// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/boot_counter.hpp"

#include <array>

#include "aiot/store/frame_log.hpp"

namespace aiot::device {

Result<std::uint32_t> count_boot(hal::FlashRef flash, hal::FlashRegion region) noexcept {
  if (region.size == 0) {
    return 1U;
  }
  store::FrameLog log;
  AIOT_TRY(log.mount(flash, region, store::OnFull::kDropOldest));
  std::array<std::byte, 4> count{};
  const Result<store::Frame> last = log.last(count);
  if (!last.ok() && last.error() != Error::kEmpty) {
    return last.error();
  }
  const bool counted = last.ok() && last->payload.size() == count.size();
  const std::uint32_t boot = 1U + (counted ? load_le32(count.data()) : 0U);
  store_le32(count.data(), boot);
  AIOT_TRY(log.append(count));
  AIOT_TRY(log.sync());
  return boot;
}

}  // namespace aiot::device
