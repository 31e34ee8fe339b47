// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/baremetal/start.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <span>

#include "board.hpp"
#include "ports/baremetal/image.hpp"
#include "ports/baremetal/registers.hpp"

#if __ARM_ARCH >= 8
#define AIOT_BOARD_HAS_STACK_LIMIT
#endif

/// The application's `main`, under a name by which C++ allows to call it.
extern "C" int aiot_main() asm("main");

// Of the linker script; only the addresses mean something.
extern "C" {
extern const std::uint32_t _vectors[];
extern const std::uint32_t _code_start[];
extern const std::uint32_t _code_bytes[];  // a size: its address is the value, a power of two
extern std::uint32_t _stack_bottom[];
extern std::uint32_t _stack_top[];
extern std::uint32_t _data_start[];
extern std::uint32_t _data_end[];
extern const std::uint32_t _data_image[];
extern const std::uint32_t _image_end[];
extern std::uint32_t _bss_start[];
extern std::uint32_t _bss_end[];
extern void (*const _init_array_start[])();
extern void (*const _init_array_end[])();
}

namespace aiot::baremetal {

namespace {

constexpr std::uint32_t kPaint = 0xA5C3'96E1;

/// FPU and vector registers, with IEEE 754 arithmetic: round to nearest, subnormals kept, NaNs
/// passed on. Vector loops end by themselves only with LTPSIZE 4 (no tail predication pending).
void enable_coprocessors() noexcept {
#if defined(__ARM_FP)
  constexpr std::uint32_t kCp10AndCp11 = 0xFU << 20U;
#if defined(__ARM_FEATURE_MVE)
  constexpr std::uint32_t kStatus = 4U << 16U;
#else
  constexpr std::uint32_t kStatus = 0;
#endif
  reg(scs::kCoprocessorAccess) = reg(scs::kCoprocessorAccess) | kCp10AndCp11;
  asm volatile("dsb\n isb\n vmsr fpscr, %0" : : "r"(kStatus) : "memory");
#endif
}

/// A boot loader may have started this image with its own vectors in place. Each kind of fault gets
/// its own exception, so that a fault on a stack that ran over still finds a handler. Armv6-M has
/// no registers for either.
void use_own_vectors() noexcept {
#if !defined(__ARM_ARCH_6M__)
  constexpr std::uint32_t kMemoryBusUsageFaults = 7U << 16U;
  reg(scs::kHandlerControl) = reg(scs::kHandlerControl) | kMemoryBusUsageFaults;
  reg(scs::kVectorTable) = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(_vectors));
  asm volatile("dsb\n isb" ::: "memory");
#endif
}

/// Writes to the code are faults, as they are on flash, and so is a stack that runs over; on these
/// boards the one would succeed and the other be ignored. Armv8-M has a register for the limit of
/// the stack; Armv6-M boards fault below their RAM.
void protect_memory() noexcept {
#if __ARM_ARCH == 7
  constexpr std::uint32_t kValid = 1U << 4U;
  constexpr std::uint32_t kEnable = 1U;
  constexpr std::uint32_t kReadOnly = 6U << 24U;
  constexpr std::uint32_t kNoAccess = 1U << 28U;  // nor execution
  constexpr std::uint32_t kNormalMemory = 1U << 17U;
  constexpr std::uint32_t k64KiB = 15U << 1U;
  constexpr std::uint32_t kDefaultMapElsewhere = 1U << 2U;
  // Of a firmware in a slot the slot alone: the other one is to be written.
  const auto code = reinterpret_cast<std::uintptr_t>(_code_start);
  const auto bytes = reinterpret_cast<std::uintptr_t>(_code_bytes);
  const auto size = (static_cast<std::uint32_t>(std::countr_zero(bytes)) - 1U) << 1U;
  const auto stack = reinterpret_cast<std::uintptr_t>(_stack_bottom);
  reg(scs::kMpuBase) = code | kValid | 0U;
  reg(scs::kMpuAttributes) = kReadOnly | kNormalMemory | size | kEnable;
  reg(scs::kMpuBase) = (stack - 0x10000U) | kValid | 1U;
  reg(scs::kMpuAttributes) = kNoAccess | kNormalMemory | k64KiB | kEnable;
  reg(scs::kMpuControl) = kDefaultMapElsewhere | kEnable;
  asm volatile("dsb\n isb" ::: "memory");
#endif
}

}  // namespace

std::uint32_t stack_size_bytes() noexcept {
  return static_cast<std::uint32_t>(_stack_top - _stack_bottom) * 4U;
}

std::uint32_t stack_used_bytes() noexcept {
  const std::uint32_t* const lowest =
      std::find_if(_stack_bottom, _stack_top, [](std::uint32_t value) { return value != kPaint; });
  return static_cast<std::uint32_t>(_stack_top - lowest) * 4U;
}

Bytes image() noexcept {
  return std::as_bytes(std::span{_vectors, _image_end});
}

}  // namespace aiot::baremetal

/// What becomes of the run when `main` returns. Of fault_report.cpp, or of the application.
extern "C" [[noreturn]] void aiot_exit(int code);

/// The C++ part of start-up: memory as the language promises it, then constructors, then `main`.
/// What `main` returns is the exit code of the run.
extern "C" [[noreturn]] void aiot_start() {
  aiot::baremetal::enable_coprocessors();
  aiot::baremetal::use_own_vectors();
  aiot::baremetal::protect_memory();
  std::copy_n(_data_image, _data_end - _data_start, _data_start);
  std::fill(_bss_start, _bss_end, 0U);
  std::for_each(_init_array_start, _init_array_end, [](void (*constructor)()) { constructor(); });
  aiot_exit(aiot_main());
}

/// Entered by the core after reset. Paints the whole stack below itself, in registers only; then
/// the stack may be used. SP is set again because a boot loader may have jumped here.
extern "C" [[noreturn, gnu::naked]] void aiot_reset() {
  asm volatile(
      "ldr r0, =_stack_top\n"
      "mov sp, r0\n"
#if defined(AIOT_BOARD_HAS_STACK_LIMIT)
      "ldr r1, =_stack_bottom\n"
      "msr msplim, r1\n"
#endif
      "ldr r1, =_stack_bottom\n"
      "ldr r2, =%c0\n"
      "1:\n"
      "stm r1!, {r2}\n"
      "cmp r1, r0\n"
      "bcc 1b\n"
      "bl aiot_start\n"
      :
      : "i"(aiot::baremetal::kPaint));
}

/// Of fault_report.cpp, or of the application.
extern "C" [[noreturn]] void aiot_report_exception(const std::uint32_t* frame,
                                                   std::uint32_t number);

/// Every exception and interrupt that nobody asked for. With less than 512 bytes of stack left the
/// report runs on a fresh one, because the old one may be the reason.
extern "C" [[noreturn, gnu::naked]] void aiot_unexpected() {
  asm volatile(
      "mrs r0, msp\n"
#if defined(AIOT_BOARD_HAS_STACK_LIMIT)
      "movs r1, #0\n"
      "msr msplim, r1\n"
#endif
      "ldr r1, =_stack_bottom + 512\n"
      "cmp r0, r1\n"
      "bcs 1f\n"
      "ldr r1, =_stack_top\n"
      "mov sp, r1\n"
      "1:\n"
      "mrs r1, ipsr\n"
      "bl aiot_report_exception\n");
}

/// The watchdog has counted down: the reset, without the mark that `RetainedReset::reset` leaves,
/// so that it is known for the watchdog's.
extern "C" [[noreturn, gnu::naked]] void aiot_nmi() {
  asm volatile(
      "ldr r0, =0xE000ED0C\n"  // AIRCR
      "ldr r1, =0x05FA0004\n"  // its key, SYSRESETREQ
      "str r1, [r0]\n"
      "dsb\n"
      "b .\n");
}

/// Of the clock of the board.
extern "C" void aiot_systick() noexcept;

namespace aiot::baremetal {
namespace {

using Handler = void (*)();

// A boot loader uses no interrupt of the board, and counts bytes.
#if defined(AIOT_NO_INTERRUPTS)
constexpr std::size_t kInterrupts = 0;
#else
constexpr std::size_t kInterrupts = board::kInterrupts;
#endif

struct VectorTable {
  std::uint32_t* stack = _stack_top;
  Handler reset = aiot_reset;
  std::array<Handler, 13> exceptions{};
  Handler systick = aiot_systick;
  std::array<Handler, kInterrupts> interrupts{};
};

/// The reference port uses no interrupt but SysTick's; a port that does names its handlers here.
constexpr VectorTable make_vectors() noexcept {
  VectorTable table{};
  table.exceptions.fill(aiot_unexpected);
  table.exceptions[0] = aiot_nmi;
  table.interrupts.fill(aiot_unexpected);
  return table;
}

}  // namespace
}  // namespace aiot::baremetal

/// The hardware wants a power of two of at least the size of the table.
extern "C" [[gnu::section(".vectors"), gnu::used]] alignas(512) constinit const
    aiot::baremetal::VectorTable aiot_vectors = aiot::baremetal::make_vectors();
