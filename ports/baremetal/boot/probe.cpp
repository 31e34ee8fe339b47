// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The smallest firmware for a slot: says on the UART from which slot it runs, and why the board
// started; then does what PROBE_DO says: "confirm" the trial, "hang" without feeding the watchdog,
// "reset", or "nothing", feeding it.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aiot/update/installer.hpp"
#include "board.hpp"
#include "ports/baremetal/boards/slots.hpp"
#include "ports/baremetal/console.hpp"
#include "ports/baremetal/nor_flash.hpp"

namespace {

using namespace aiot::baremetal;
namespace update = aiot::update;

constexpr std::string_view kDo = PROBE_DO;

aiot::Status confirm(std::uint8_t slot) noexcept {
  NorFlash flash{board::flash()};
  update::BootRecord record;
  AIOT_TRY(record.mount(flash, slots::kFlashMap.boot_record));
  update::InstallerConfig config;
  config.slots[0] = slots::kFlashMap.firmware;
  config.running[0] = slot;
  static std::array<std::byte, update::kInstallerBuffer> buffer;
  update::Installer installer{flash, record, config, buffer};
  return installer.confirm(update::ImageType::kFirmware);
}

}  // namespace

int main() {
  board::Uart uart{board::kUart0, board::kCoreHz, 115'200};
  const Console console{uart};
  const std::uint8_t slot = slots::running();
  console << "probe: slot " << (slot == 0 ? "A" : "B") << " does " << kDo << ", cause "
          << static_cast<std::uint32_t>(board::Reset{}.cause()) << "\n";
  if (kDo == "confirm") {
    const aiot::Status done = confirm(slot);
    console << (done.ok() ? "probe: confirmed\n" : "probe: not confirmed\n");
  } else if (kDo == "reset") {
    board::Reset{}.reset();
  }
  board::Watchdog watchdog{board::kWatchdog, board::kWatchdogHz};
  for (;;) {
    if (kDo != "hang") {
      watchdog.feed();
    }
  }
}
