// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// How a run ends under an emulator or a debugger. A file of its own: an application that defines
// these functions itself does not get these.

#include <array>
#include <cstdint>

#include "ports/baremetal/registers.hpp"
#include "ports/baremetal/semihosting.hpp"

// Of the linker script; only the addresses mean something.
extern "C" {
extern std::uint32_t _stack_bottom[];
extern std::uint32_t _stack_top[];
}

namespace aiot::baremetal {
namespace {

/// What the core pushed when it took the exception (Armv7-M, B1.5.6); r0 first.
struct ExceptionFrame {
  std::uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
};

const char* exception_name(std::uint32_t number) noexcept {
  constexpr std::array<const char*, 16> kNames = {
      "thread",
      "reset",
      "nmi",
      "hard fault",
      "memory fault",
      "bus fault",
      "usage fault",
      "secure",
      "reserved",
      "reserved",
      "reserved",
      "svc",
      "debug",
      "reserved",
      "pendsv",
      "systick fault",
  };
  return number < kNames.size() ? kNames[number] : "interrupt";
}

}  // namespace
}  // namespace aiot::baremetal

namespace host = aiot::baremetal::semihosting;

extern "C" [[noreturn]] void aiot_exit(int code) {
  host::exit(code);
}

/// Says what happened and where, and ends the run. `frame` is checked before it is read: after a
/// stack that ran over, it is outside of the memory or was never written.
extern "C" [[noreturn]] void aiot_report_exception(const std::uint32_t* frame,
                                                   std::uint32_t number) {
  bool ran_over = frame < _stack_bottom || frame + 8 > _stack_top;
#if !defined(__ARM_ARCH_6M__)
  constexpr std::uint32_t kStackOverflow = 1U << 20U;
  const std::uint32_t status = aiot::baremetal::reg(aiot::baremetal::scs::kFaultStatus);
  ran_over = ran_over || (status & kStackOverflow) != 0;
#endif
  host::print("fault: ");
  host::print(aiot::baremetal::exception_name(number));
  host::print(" ");
  host::print(number);
  if (ran_over) {
    host::print(", the stack ran over");
  } else {
    const auto& saved = *reinterpret_cast<const aiot::baremetal::ExceptionFrame*>(frame);
    host::print(" at pc 0x");
    host::print_hex(saved.pc);
    host::print(" lr 0x");
    host::print_hex(saved.lr);
  }
#if !defined(__ARM_ARCH_6M__)
  constexpr std::uint32_t kBusAddressValid = 1U << 15U;
  host::print(" status 0x");
  host::print_hex(status);
  host::print(" address 0x");
  host::print_hex(aiot::baremetal::reg((status & kBusAddressValid) != 0
                                           ? aiot::baremetal::scs::kBusFaultAddress
                                           : aiot::baremetal::scs::kMemoryFaultAddress));
#endif
  host::print("\n");
  host::exit(host::kExitFault);
}
