// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "parts.hpp"

#include <algorithm>

namespace aiot::capi {
namespace {

// Foreign code: a number that is none of ours is a failed device.
Status from_callback(int result) noexcept {
  if (result == AIOT_OK) {
    return {};
  }
  const bool known = result < 0 && result >= AIOT_WRONG_STATE;
  return known ? static_cast<Error>(-result) : Error::kIo;
}

constexpr hal::FlashRegion region(const aiot_region& region) noexcept {
  return {region.offset, region.size};
}

}  // namespace

hal::FlashGeometry CallbackFlash::geometry() const noexcept {
  return {.size = store_.size_bytes,
          .sector = store_.sector_bytes,
          .page = store_.page_bytes,
          .program = store_.program_bytes,
          .erased = std::byte{store_.erased},
          .reprogram = store_.reprogram != 0,
          .overwrite = store_.overwrite != 0,
          .session = store_.session};
}

Status CallbackFlash::read(std::uint32_t offset, MutableBytes out) noexcept {
  return from_callback(store_.read(store_.context, offset, out.data(), out.size()));
}

Status CallbackFlash::program(std::uint32_t offset, Bytes in) noexcept {
  return from_callback(store_.program(store_.context, offset, in.data(), in.size()));
}

Status CallbackFlash::erase(std::uint32_t offset) noexcept {
  return from_callback(store_.erase(store_.context, offset));
}

Status CallbackFlash::sync() noexcept {
  return from_callback(store_.sync(store_.context));
}

Status check(const aiot_store& store) noexcept {
  const bool complete = store.read != nullptr && store.program != nullptr &&
                        store.erase != nullptr && store.sync != nullptr;
  if (!complete || store.size_bytes == 0 || store.sector_bytes == 0 || store.page_bytes == 0 ||
      store.program_bytes == 0 || store.size_bytes % store.sector_bytes != 0 ||
      store.reserved != 0 || (store.erased != 0 && store.erased != 0xFF) || store.reprogram > 1 ||
      store.overwrite > 1 || store.queue[AIOT_STREAM_URGENT].size == 0 ||
      store.boot_record.size == 0) {
    return Error::kInvalidArgument;
  }
  return hal::check(flash_map(store), CallbackFlash(store).geometry());
}

hal::FlashMap flash_map(const aiot_store& store) noexcept {
  hal::FlashMap map;
  std::transform(std::begin(store.queue), std::end(store.queue), map.queue.begin(), region);
  map.boot_record = region(store.boot_record);
  map.baseline = region(store.baseline);
  return map;
}

std::size_t PushSensor::push(const std::int16_t* samples, std::size_t frames) noexcept {
  frames = std::min(frames, ring_->room() / format_.axes);
  for (std::size_t left = frames * format_.axes; left > 0;) {
    const std::span<std::int16_t> run = ring_->claim();
    if (run.empty()) {
      return 0;  // more gaps wait than the ring can mark; nothing was written, for this comes first
    }
    const std::size_t part = std::min(left, run.size());
    std::copy_n(samples, part, run.begin());
    ring_->commit(part);
    samples += part;
    left -= part;
  }
  return frames;
}

}  // namespace aiot::capi
