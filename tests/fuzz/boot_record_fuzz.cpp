// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes as a boot state, as the content of a frame with a good checksum, and as the region of
// the record: what is taken is a valid state, encodes to the same bytes, and is written back.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "aiot/store/frame_log.hpp"
#include "aiot/update/boot_choice.hpp"
#include "aiot/update/boot_record.hpp"
#include "ports/sim/flash.hpp"

namespace {

using namespace aiot;

constexpr std::uint32_t kSector = 512;
constexpr hal::FlashGeometry kNor{
    .size = 4 * kSector, .sector = kSector, .page = 256, .program = 1};
constexpr hal::FlashRegion kRegion{0, kNor.size};

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

void check(const update::BootState& state) {
  for (const update::SlotPair& pair : state.pair) {
    require(update::is_valid(pair));
    const update::SlotReport good{.check = update::SlotCheck::kGood};
    const auto choice = update::choose_boot(
        pair, update::RecordAccess::kWritable, good, good, hal::ResetCause::kWatchdog);
    require(update::is_valid(choice.next));
  }
}

/// What can be mounted is valid, and a state can be written behind it.
void check_region(sim::SimFlash& flash) {
  update::BootRecord record;
  if (!record.mount(flash, kRegion).ok()) {
    return;
  }
  check(record.state());
  const update::BootState state = record.state();
  if (record.count_boot().ok()) {
    update::BootRecord again;
    require(again.mount(flash, kRegion).ok());
    require(again.state().boots == state.boots + 1 && again.state().pair == state.pair);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes input{reinterpret_cast<const std::byte*>(data), size};
  const auto state = update::decode(input);
  if (state.ok()) {
    check(*state);
    const auto bytes = update::encode(*state);
    require(size == 4 || std::equal(bytes.begin(), bytes.end(), input.begin(), input.end()));
  }
  static std::array<std::byte, kNor.size> memory;
  sim::SimFlash flash(kNor, sim::SimFlash::Ecc::kNo, memory, {});
  flash.blank();
  if (!input.empty() && size < kSector / 2) {
    store::FrameLog log;
    require(log.mount(flash, kRegion, store::OnFull::kDropOldest).ok());
    require(log.append(input).ok());
    check_region(flash);
    flash.blank();
  }
  std::copy_n(input.begin(), std::min(size, memory.size()), memory.begin());
  check_region(flash);
  return 0;
}
