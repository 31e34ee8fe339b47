// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The bare-metal reference firmware: sensor -> device -> flash queue -> sink.
//
// The board's sensor and sink are files of the host here, so that an emulated run can be compared
// with one on Linux; a product puts its own two classes in their place and keeps the rest.

#include <cstdint>
#include <string_view>

#include "aiot/device/device.hpp"
#include "board.hpp"
#include "examples/node/arguments.hpp"
#include "examples/node/model.hpp"
#include "ports/baremetal/nor_flash.hpp"
#include "ports/baremetal/semihosting.hpp"
#include "ports/baremetal/semihosting_sensor.hpp"
#include "ports/baremetal/semihosting_sink.hpp"
#include "ports/baremetal/start.hpp"

namespace {

using namespace aiot::baremetal;

constexpr std::uint32_t kKiB = 1024;

constexpr aiot::hal::FlashMap kFlashMap{
    .queue = {{{0, 256 * kKiB}, {256 * kKiB, 512 * kKiB}, {768 * kKiB, 64 * kKiB}}},
    .boot_record = {832 * kKiB, 16 * kKiB},
    .baseline = {848 * kKiB, 16 * kKiB}};

[[noreturn]] void fail(std::string_view what, aiot::Error error) noexcept {
  semihosting::print("node: ");
  semihosting::print(what);
  semihosting::print(": ");
  semihosting::print(std::string_view{aiot::to_string(error)});
  semihosting::print("\n");
  semihosting::exit(1);
}

void require(aiot::Status status, std::string_view what) noexcept {
  if (!status.ok()) {
    fail(what, status.error());
  }
}

/// How long `step` took in all, in microseconds.
class Load {
 public:
  explicit Load(const board::Clock& clock) noexcept : clock_(clock) {}

  template <class Step>
  void measure(Step step) noexcept {
    const std::uint64_t start = clock_.ticks();
    step();
    ticks_ += clock_.ticks() - start;
  }

  [[nodiscard]] std::uint64_t us() const noexcept { return ticks_ * 1'000'000 / board::kCoreHz; }

 private:
  const board::Clock& clock_;
  std::uint64_t ticks_ = 0;
};

void report(const aiot::Device& device, const Load& load) noexcept {
  const auto print = [](std::string_view label, std::uint64_t number) {
    semihosting::print(label);
    semihosting::print(static_cast<std::uint32_t>(number));
  };
  print("windows ", device.metrics().windows);
  print(" records ", device.metrics().records);
  print(" resumed at frame ", device.resumed_at());
  print(" errors ", device.metrics().pipeline_errors + device.metrics().uplink_errors);
  print(" stack ", stack_used_bytes());
  print(" bytes busy ", load.us());
  semihosting::print(" us\n");
}

}  // namespace

int main() {
  node::Arguments arguments;
  require(arguments.read(), "the command line does not fit");
  board::Clock clock{board::kCoreHz};
  NorFlash flash{board::flash()};
  SemihostingSensor sensor;
  SemihostingSink sink;
  require(sensor.open(arguments.samples()), "no samples; pass samples=FILE");
  require(sink.open(arguments.records()), "no place for records; pass records=FILE");

  const node::Model model = node::model(arguments.rpm(), arguments.bearing());
  const aiot::DeviceConfig config{.device_id = arguments.device(),
                                  .site = arguments.site(),
                                  .firmware_version = arguments.firmware_version(),
                                  .firmware_hash = arguments.firmware_hash(),
                                  .package = model.package,
                                  .machine = model.machine,
                                  .kernels = model.kernels,
                                  .flash = kFlashMap,
                                  .origin = aiot::device::Origin::kReplay,
                                  .uplink = {}};
  aiot::Device device{config, {flash, sensor, sink, {}}, model.storage};
  require(device.start(clock.now()), "the device does not start");
  if (arguments.commission() > 0 && device.baseline_hash() == aiot::Hash256{}) {
    require(device.commission(arguments.commission()), "this device learns no baseline");
  }

  Load load{clock};
  while (true) {
    load.measure([&]() noexcept { (void)device.step(clock.now()); });
    if (device.metrics().sensor_errors != 0) {
      fail("the samples end in the middle", aiot::Error::kIo);
    }
    if (device.sensor_ended() && device.drained()) {
      report(device, load);
      return device.metrics().pipeline_errors == 0 ? 0 : 1;
    }
  }
}
