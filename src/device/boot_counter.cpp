// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/boot_counter.hpp"

#include <array>

#include "aiot/store/frame_log.hpp"

namespace aiot::device {
namespace {

constexpr std::size_t kCountBytes = 4;
constexpr std::size_t kMaxBootRecord = 128;

}  // namespace

Result<std::uint32_t> count_boot(hal::FlashRef flash, hal::FlashRegion region) noexcept {
  if (region.size == 0) {
    return 1U;
  }
  store::FrameLog log;
  AIOT_TRY(log.mount(flash, region, store::OnFull::kDropOldest));
  // The record begins with the count; what later versions append is handed on as it is.
  std::array<std::byte, kMaxBootRecord> record{};
  const Result<store::Frame> last = log.last(record);
  if (!last.ok() && last.error() != Error::kEmpty) {
    return last.error();
  }
  const bool counted = last.ok() && last->payload.size() >= kCountBytes;
  const std::uint32_t boot = 1U + (counted ? load_le32(record.data()) : 0U);
  store_le32(record.data(), boot);
  AIOT_TRY(log.append(Bytes(record).first(counted ? last->payload.size() : kCountBytes)));
  AIOT_TRY(log.sync());
  return boot;
}

}  // namespace aiot::device
