// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes as a policy, as the state of commands, and as the region of their record: what is taken
// is in range, encodes to the same bytes, and is written back.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "aiot/decide/policy_bytes.hpp"
#include "aiot/device/command_record.hpp"
#include "aiot/store/frame_log.hpp"
#include "ports/sim/flash.hpp"

namespace {

using namespace aiot;

constexpr std::uint32_t kSector = 512;
constexpr hal::FlashGeometry kNor{
    .size = 3 * kSector, .sector = kSector, .page = 256, .program = 1};
constexpr hal::FlashRegion kRegion{0, kNor.size};

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

bool same(Bytes a, Bytes b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

void check(const device::CommandState& state) {
  require(!state.policy || decide::check(*state.policy).ok());
}

void check_region(sim::SimFlash& flash) {
  device::CommandRecord record;
  if (!record.mount(flash, kRegion).ok()) {
    return;
  }
  check(record.state());
  device::CommandState next = record.state();
  ++next.counter;
  if (record.write(next).ok()) {
    device::CommandRecord again;
    require(again.mount(flash, kRegion).ok());
    require(same(device::encode(again.state()), device::encode(next)));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes input{reinterpret_cast<const std::byte*>(data), size};
  const auto policy = decide::decode_policy(input);
  if (policy.ok() && policy->has_value()) {
    require(decide::check(**policy).ok());
    require(same(decide::encode_policy(**policy), input));
  }
  const auto state = device::decode_commands(input);
  if (state.ok()) {
    check(*state);
    require(same(device::encode(*state), input));
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
