// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The boot loader: finds out why the board started, lets update::start_slot choose, verify and
// record, and jumps. When neither slot can be started it says so every second and takes an image
// over the serial line. Nothing is started that was not verified.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aiot/core/check.hpp"
#include "aiot/link/image_transfer.hpp"
#include "aiot/update/installer.hpp"
#include "aiot/update/slot_start.hpp"
#include "board.hpp"
#include "boot_keys.hpp"
#include "ports/baremetal/boards/slots.hpp"
#include "ports/baremetal/console.hpp"
#include "ports/baremetal/nor_flash.hpp"
#include "ports/baremetal/start_image.hpp"

namespace boot {
namespace {

using namespace aiot::baremetal;
namespace update = aiot::update;
using aiot::link::ImageAsk;
using update::ImageType;

constexpr std::uint32_t kBaud = 115'200;

/// A trial has this long until it feeds the watchdog: also one that hangs before it knows of it.
constexpr aiot::Duration kTrialWatchdog = aiot::Duration::from_s(10);

/// After a request nothing is said for so long, and after the last one nothing done, in case its
/// answer is lost and asked for again.
constexpr std::uint64_t kQuiet = std::uint64_t{3} * board::kCoreHz;  // ticks of the clock

/// Largest offer and block; a sender adapts to it.
constexpr std::size_t kOfferBytes = 384;
constexpr std::size_t kBlockBytes = 256;

/// Of reads. Less than `update::kInstallerBuffer`, which is for the TLVs of installed models: the
/// loader knows no slots of models.
constexpr std::size_t kBufferBytes = 512;

constexpr std::array kSchemes{aiot::crypto::kP256Scheme};
constexpr std::string_view kSlotNames = "AB";

static_assert(std::string_view{AIOT_BOOT_PRODUCT}.size() <= update::kMaxProductBytes,
              "AIOT_BOOT_PRODUCT is longer than images can say");

constexpr std::array<std::optional<std::uint32_t>, update::kSlots> kAddresses{slots::address(0),
                                                                              slots::address(1)};

std::string_view slot_name(std::size_t slot) noexcept {
  return {kSlotNames.data() + slot, 1};
}

std::string_view name(aiot::hal::ResetCause cause) noexcept {
  switch (cause) {
    case aiot::hal::ResetCause::kPowerOn:
      return "power-on";
    case aiot::hal::ResetCause::kSoftware:
      return "software reset";
    case aiot::hal::ResetCause::kWatchdog:
      return "watchdog reset";
    default:
      return "reset";
  }
}

/// What a trial can come to here.
std::string_view name(update::Cause cause) noexcept {
  switch (cause) {
    case update::Cause::kWatchdog:
      return "watchdog reset";
    case update::Cause::kTriesUsedUp:
      return "never confirmed";
    default:
      return "image does not verify";
  }
}

/// Where the code behind vectors begins.
std::uint32_t reset_vector(std::uint32_t vectors) noexcept {
  return *reinterpret_cast<const volatile std::uint32_t*>(vectors + 4U);
}

/// What start-up and both ways out share.
class Loader {
 public:
  Loader() noexcept : uart_(board::kUart0, board::kCoreHz, kBaud), flash_(board::flash()) {}

  [[noreturn]] void run() noexcept {
    const aiot::hal::ResetCause cause = board::Reset::begin_boot();
    const aiot::Status mounted = mount_record();
    console_ << "boot: " << name(cause);
    if (mounted.ok()) {
      start(cause);
    } else {
      console_ << "; boot record unreadable";
      replace_record();
    }
    console_ << "\n";
    recover();
  }

 private:
  // Not inlined, nor are those that follow: one frame would hold the variables of all.
  [[gnu::noinline]] aiot::Status mount_record() noexcept {
    return record_.mount(flash_, slots::kBootRecord);
  }

  /// Does not return when a slot can be started.
  [[gnu::noinline]] void start(aiot::hal::ResetCause cause) noexcept {
    const update::SlotPair before = record_.state().of(ImageType::kFirmware);
    const update::StartRequest request{.flash = flash_,
                                       .slots = slots::kFirmwareSlots,
                                       .addresses = kAddresses,
                                       .policy = policy(),
                                       .product = std::string_view{AIOT_BOOT_PRODUCT},
                                       .cause = cause};
    const aiot::Result<update::StartedSlot> found = update::start_slot(record_, request, buffer_);
    const update::SlotPair& now = record_.state().of(ImageType::kFirmware);
    for (std::size_t slot = 0; slot < update::kSlots; ++slot) {
      if (before.slot[slot].state == update::SlotState::kTrial &&
          now.slot[slot].state == update::SlotState::kReturned) {
        console_ << "; slot " << slot_name(slot) << " returned: " << name(now.slot[slot].cause);
      }
    }
    if (!found.ok()) {
      return;
    }
    const update::ImageHeader& header = found->image.header;
    const update::Version& version = header.version;
    const std::uint32_t address = *kAddresses[found->slot];
    console_ << "; slot " << slot_name(found->slot) << " version " << version.major << "."
             << version.minor << "." << version.revision << "+" << version.build;
    if (found->trial) {
      console_ << " trial, tries left " << now.slot[found->slot].tries;
      board::Watchdog watchdog{board::kWatchdog, board::kWatchdogHz};
      if (!watchdog.start(kTrialWatchdog).ok()) {
        board::Reset{}.reset();
      }
    }
    console_ << "\n";
    // Only with vectors in the slot is what runs what was verified.
    if (header.header_bytes == slots::kHeaderBytes &&
        reset_vector(address + slots::kHeaderBytes) - address < slots::kFirmwareBytes) {
      start_image(address + slots::kHeaderBytes);
    }
    if (found->trial) {
      board::Reset{}.reset();  // until its tries are used up
    }
  }

  static update::VerifyPolicy policy() noexcept {
    update::VerifyPolicy policy;
    policy.keys = kBootKeys;
    policy.schemes = kSchemes;
    return policy;
  }

  static update::InstallerConfig installer_config() noexcept {
    update::InstallerConfig config;
    config.slots[static_cast<std::size_t>(ImageType::kFirmware)] = slots::kFirmwareSlots;
    config.recovery = true;
    config.addresses = kAddresses;
    config.product = std::string_view{AIOT_BOOT_PRODUCT};
    config.policy = policy();
    return config;
  }

  /// A record that can not be read says nothing of the slots, so neither is started again: only an
  /// image that comes. What they hold says how new that has to be.
  [[gnu::noinline]] void replace_record() noexcept {
    update::BootState state;
    for (update::SlotPair& pair : state.pair) {
      for (update::SlotRecord& slot : pair.slot) {
        slot.state = update::SlotState::kReturned;
        slot.cause = update::Cause::kBadImage;
        slot.told = true;
      }
    }
    std::uint32_t& counter = state.of(ImageType::kFirmware).counter;
    for (std::size_t slot = 0; slot < update::kSlots; ++slot) {
      update::VerifyPolicy any = policy();
      any.slot_address = kAddresses[slot];
      const update::ImageVerdict verdict =
          update::verify_image(flash_, slots::kFirmwareSlots[slot], any, buffer_);
      if (verdict.ok() && verdict.image.counter.value_or(0) > counter) {
        counter = *verdict.image.counter;
      }
    }
    record_.replace(flash_, slots::kBootRecord, state);
  }

  [[noreturn, gnu::noinline]] void recover() noexcept {
    board::Clock clock{board::kCoreHz};
    update::Installer installer{flash_, record_, installer_config(), buffer_};
    std::array<std::byte, aiot::link::receiver_bytes(kOfferBytes, kBlockBytes)> memory;
    aiot::link::ImageReceiver receiver{memory};
    std::uint64_t next = 0;
    for (;;) {
      const std::uint64_t now = clock.ticks();
      if (now >= next) {
        if (receiver.finished()) {
          board::Reset{}.reset();
        }
        console_ << "boot: no slot can be started; waiting for an image\n";
        next = now + board::kCoreHz;
      }
      (void)receiver.exchange(uart_);
      if (receiver.output().empty() && serve(installer, receiver)) {
        next = clock.ticks() + kQuiet;
      }
    }
  }

  /// Does what is asked for; false: nothing was.
  bool serve(update::Installer& installer, aiot::link::ImageReceiver& receiver) noexcept {
    const aiot::link::ImageRequest& request = receiver.request();
    update::InstallVerdict verdict;
    switch (request.ask) {
      case ImageAsk::kOffer:
        verdict = installer.offer(request.bytes);
        break;
      case ImageAsk::kBlock:
        verdict = installer.write(request.offset, request.bytes);
        break;
      case ImageAsk::kFinish:
        verdict = installer.finish();
        break;
      default:
        return false;
    }
    if (verdict.ok()) {
      receiver.accept(request.ask == ImageAsk::kOffer
                          ? verdict.offset
                          : request.offset + static_cast<std::uint32_t>(request.bytes.size()));
    } else {
      receiver.refuse(update::reason_of(verdict));
    }
    return true;
  }

  board::Uart uart_;
  Console console_{uart_};
  NorFlash flash_;
  update::BootRecord record_;
  std::array<std::byte, kBufferBytes> buffer_;
};

}  // namespace
}  // namespace boot

/// A boot loader has nobody to report to: it starts again.
void aiot::panic(const char* /*file*/, std::uint32_t /*line*/) noexcept {
  aiot::baremetal::board::Reset{}.reset();
}

extern "C" [[noreturn, gnu::used]] void aiot_exit(int /*code*/) {
  aiot::baremetal::board::Reset{}.reset();
}

extern "C" [[noreturn, gnu::used]] void aiot_report_exception(const std::uint32_t* /*frame*/,
                                                              std::uint32_t /*number*/) {
  aiot::baremetal::board::Reset{}.reset();
}

int main() {
  boot::Loader loader;
  loader.run();
}
