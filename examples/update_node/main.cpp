// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A firmware that updates itself, for both slots of a board with a boot loader. It senses, infers
// and delivers as examples/node does; beside that it takes images for the idle slots over its UART,
// judges what is on trial, and keeps an audit log of it all.
//
// The machine is simulated here, and the sink is a file of the host; a product puts its sensor, its
// sink and its keys in their places and keeps the rest. UPDATE_NODE_HANGS makes a firmware that
// stops after three windows, as a bad one may.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "aiot/crypto/pool.hpp"
#include "aiot/device/device.hpp"
#include "aiot/device/image_service.hpp"
#include "aiot/device/updates.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot/update/model_slots.hpp"
#include "aiot/update/version_text.hpp"
#include "aiot_packages/machine.hpp"
#include "board.hpp"
#include "boot_keys.hpp"
#include "examples/update_node/device_key.hpp"
#include "ports/baremetal/boards/slots.hpp"
#include "ports/baremetal/console.hpp"
#include "ports/baremetal/nor_flash.hpp"
#include "ports/baremetal/semihosting.hpp"
#include "ports/baremetal/semihosting_sink.hpp"
#include "ports/sim/machine.hpp"
#include "ports/sim/sensor.hpp"

namespace {

using namespace aiot::baremetal;
namespace update = aiot::update;
using aiot::EventId;
using slots::kFlashMap;
using update::ImageType;

#ifdef UPDATE_NODE_HANGS
constexpr std::uint64_t kWindowsToHang = 3;
#else
constexpr std::uint64_t kWindowsToHang = UINT64_MAX;
#endif

constexpr std::string_view kProduct = AIOT_BOOT_PRODUCT;
constexpr std::array kSchemes{aiot::crypto::kP256Scheme};
constexpr std::array<std::optional<std::uint32_t>, update::kSlots> kAddresses{slots::address(0),
                                                                              slots::address(1)};

// The operators of the package; another one that is to run here must need no other.
constexpr std::array kOperators{aiot::nn::ref::kFullyConnectedS8, aiot::nn::ref::kSoftmaxS8};
constexpr aiot::nn::KernelSet kKernels{"ref", aiot::nn::WeightLayout::kCanonical, kOperators};
const aiot::Bytes kBuiltIn = std::as_bytes(std::span{aiot::packages::machine});

/// Two seconds of windows and an acknowledged batch; a product waits for longer.
constexpr aiot::device::TrialRule kTrialRule{.windows = 20, .deadline = aiot::Duration::from_s(60)};

/// A reset waits for this long, in case the answer to the last request is lost and asked for again.
constexpr aiot::Duration kLastAnswer = aiot::Duration::from_s(3);

constexpr std::array kScenario{aiot::sim::OperatingPoint{}};
constexpr aiot::Shape kShape{.window = 2048, .ring = 8192, .scratch = 2048};

constinit aiot::Storage<kShape> storage;
alignas(8) constinit std::array<std::byte, aiot::crypto::kPoolBytes> crypto_pool{};
constinit std::array<std::byte, update::kInstallerBuffer> buffer{};
constinit std::array<std::byte, aiot::link::receiver_bytes(update::kMaxOfferBytes, 1024)>
    received{};

[[noreturn]] void fail(const Console& console, std::string_view what, aiot::Error error) noexcept {
  console << "node: " << what << ": " << std::string_view{aiot::to_string(error)} << "\n";
  board::Reset{}.reset();
}

void require(const Console& console, aiot::Status status, std::string_view what) noexcept {
  if (!status.ok()) {
    fail(console, what, status.error());
  }
}

update::VerifyPolicy policy() noexcept {
  update::VerifyPolicy policy;
  policy.keys = boot::kBootKeys;
  policy.schemes = kSchemes;
  return policy;
}

/// What runs. The loader has verified it: its hash is enough to know which one it is.
update::Image own_image(aiot::hal::FlashRef flash) noexcept {
  const std::uint8_t slot = slots::running();
  update::VerifyPolicy own;
  own.signature = update::SignatureRule::kHashOnly;
  own.slot_address = kAddresses[slot];
  return update::verify_image(flash, kFlashMap.firmware[slot], own, buffer).image;
}

update::StartRequest models_of(aiot::hal::FlashRef flash, const update::Image& own) noexcept {
  return {.flash = flash,
          .slots = kFlashMap.model,
          .policy = policy(),
          .product = kProduct,
          .firmware = own.header.version};
}

aiot::DeviceConfig device_config(const update::Image& own,
                                 std::string_view version,
                                 aiot::Bytes package) noexcept {
  aiot::DeviceConfig config;
  config.device_id = "update-node";
  config.firmware_version = version;
  config.firmware_hash = own.hash;
  config.package = package;
  config.kernels = &kKernels;
  config.flash = kFlashMap;
  return config;
}

update::InstallerConfig installer_config() noexcept {
  update::InstallerConfig config;
  config.slots = {kFlashMap.firmware, kFlashMap.model};
  config.addresses = kAddresses;
  config.product = kProduct;
  config.policy = policy();
  return config;
}

/// Tells the events that came since the last call.
class Story {
 public:
  void tell(const Console& console, const aiot::EventRing& events) noexcept {
    const std::uint32_t fresh = events.total() - told_;
    told_ = events.total();
    for (std::size_t i = events.size() - std::min<std::size_t>(fresh, events.size());
         i < events.size();
         ++i) {
      tell(console, events[i]);
    }
  }

 private:
  static void tell(const Console& console, const aiot::Event& event) noexcept {
    const std::string_view type = event.value % 256U == 0 ? "firmware" : "model";
    switch (event.id) {
      case EventId::kTrialStarted:
        console << "node: " << type << " on trial\n";
        break;
      case EventId::kConfirmed:
        console << "node: " << type << " confirmed\n";
        break;
      case EventId::kReturned:
        console << "node: " << type << " returned: "
                << update::to_string(static_cast<update::Cause>(event.value / 256U)) << "\n";
        break;
      case EventId::kUpdateFailed:
        console << "node: " << type
                << " update failed: " << std::string_view{aiot::to_string(event.error)} << "\n";
        break;
      default:
        break;
    }
  }

  std::uint32_t told_ = 0;
};

}  // namespace

int main() {
  board::Clock clock{board::kCoreHz};
  board::Uart uart{board::kUart0, board::kCoreHz, 115'200};
  board::Watchdog watchdog{board::kWatchdog, board::kWatchdogHz};
  const Console console{uart};
  NorFlash flash{board::flash()};
  update_node::DeviceKey key;
  aiot::crypto::lend_pool(crypto_pool);

  // The machine, the consumer.
  aiot::sim::Machine machine{{.scenario = kScenario}};
  aiot::sim::SimSensor sensor{machine, {}, clock};
  SemihostingSink sink;
  std::array<char, 256> words{};
  const auto line = semihosting::command_line(words);
  const std::string_view records = semihosting::argument(line.value_or(""), "records");
  require(console,
          sink.open(records.empty() ? "records.cbor" : records),
          "no place for records; pass records=FILE");

  // What runs: this firmware, and the package of a slot or the one that is built in.
  const std::uint8_t slot = slots::running();
  const update::Image own = own_image(flash);
  const update::VersionText version{own.header.version};
  console << "node: firmware " << version.view() << " in slot " << (slot == 0 ? "A" : "B");
  update::BootRecord record;
  require(console, record.mount(flash, kFlashMap.boot_record), "no boot record");
  const auto model = update::start_model(record, models_of(flash, own), buffer);
  if (model.ok()) {
    console << ", model " << update::VersionText{model->version}.view() << "\n";
  } else {
    console << ", the model that is built in\n";
  }

  aiot::Device device{
      device_config(own, version.view(), model.ok() ? slots::bytes(model->package) : kBuiltIn),
      {flash, sensor, sink, watchdog},
      storage};
  require(console, device.start(clock.now()), "the device does not start");

  // Updates: the device has counted its boot in the record, which is read again.
  require(console, record.mount(flash, kFlashMap.boot_record), "no boot record");
  update::AuditLog audit;
  if (!audit.mount(flash, kFlashMap.audit, key, record.state().seal).ok()) {
    // The evidence stays as it is, and a device that can not be updated any more would be worse.
    console << "node: the audit log can not be read; goes on without\n";
  }
  update::Installer installer{flash, record, installer_config(), buffer};
  aiot::device::UpdatesConfig rules{
      .rule = kTrialRule,
      .keys = boot::kBootKeys,
      .cause = board::Reset{}.cause(),
      .model = models_of(flash, own),
      .model_bytes = {slots::bytes(kFlashMap.model[0]), slots::bytes(kFlashMap.model[1])},
      .fallback = kBuiltIn,
      .buffer = buffer};
  rules.running = {slot, model.ok() ? std::optional(model->slot) : std::nullopt};
  aiot::device::Updates updates{device, installer, record, audit, rules};
  require(console, updates.start(clock.now()), "updates do not start");
  aiot::link::ImageReceiver receiver{received};
  aiot::device::ImageService images{receiver, updates};

  Story story;
  std::optional<aiot::Instant> reset_at;
  for (;;) {
    const aiot::Instant now = clock.now();
    (void)device.step(now);
    (void)images.step(uart, now);
    const auto next = updates.step(now);
    story.tell(console, device.events());
    if (device.metrics().windows >= kWindowsToHang) {
      console << "node: hangs\n";
      for (;;) {
      }
    }
    if (next == aiot::device::UpdateStep::kReset) {
      reset_at = reset_at.value_or(now + kLastAnswer);
      if (now >= *reset_at) {
        console << "node: resets\n";
        board::Reset{}.reset();
      }
    }
  }
}
