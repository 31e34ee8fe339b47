// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The store in a directory: `StoreDir` of the Linux port as an `aiot_store`. With exceptions, which
// end here: its texts are on the heap.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>

#include "aiot/aiot.h"
#include "ports/linux/store_dir.hpp"
#include "structs.hpp"

struct aiot_directory {
  static constexpr std::uint64_t kAlive = 0x61696F74'64697265U;

  std::uint64_t alive = kAlive;
  aiot::linux_port::StoreDir store{};
};

namespace {

using aiot::capi::code;

constexpr std::uint32_t kSector = 4096;
constexpr std::uint32_t kMinStreamBytes = 3 * kSector;
constexpr std::uint32_t kMaxStreamBytes = 512U << 20U;
constexpr std::uint32_t kStreamBytes = 1U << 20U;

aiot::linux_port::FileFlash& flash_of(void* context) noexcept {
  return static_cast<aiot_directory*>(context)->store.flash();
}

int read(void* context, uint32_t offset, void* out, size_t size) {
  return code(flash_of(context).read(offset, {static_cast<std::byte*>(out), size}));
}

int program(void* context, uint32_t offset, const void* in, size_t size) {
  return code(flash_of(context).program(offset, {static_cast<const std::byte*>(in), size}));
}

int erase(void* context, uint32_t offset) {
  return code(flash_of(context).erase(offset));
}

int sync(void* context) {
  return code(flash_of(context).sync());
}

constexpr aiot_region region(const aiot::hal::FlashRegion& region) noexcept {
  return {region.offset, region.size};
}

aiot_store store_of(aiot_directory& directory) noexcept {
  const aiot::hal::FlashGeometry geometry = directory.store.flash().geometry();
  const aiot::hal::FlashMap& map = directory.store.layout().map;
  aiot_store store{};
  store.context = &directory;
  store.size_bytes = geometry.size;
  store.sector_bytes = geometry.sector;
  store.page_bytes = geometry.page;
  store.program_bytes = geometry.program;
  store.session = geometry.session;
  store.erased = std::to_integer<std::uint8_t>(geometry.erased);
  store.reprogram = geometry.reprogram ? 1 : 0;
  store.overwrite = geometry.overwrite ? 1 : 0;
  store.read = read;
  store.program = program;
  store.erase = erase;
  store.sync = sync;
  std::transform(map.queue.begin(), map.queue.end(), std::begin(store.queue), region);
  store.boot_record = region(map.boot_record);
  store.baseline = region(map.baseline);
  return store;
}

void tell(const char* text, char* message, std::size_t size) noexcept {
  if (message != nullptr && size > 0) {
    const std::size_t length = std::min(std::strlen(text), size - 1);
    std::memcpy(message, text, length);
    message[length] = '\0';
  }
}

/// Errors: those of `StoreDir::open_or_create`; `kNoSpace` no heap.
aiot::Status open(aiot_directory& directory,
                  const char* path,
                  std::uint32_t stream_bytes,
                  char* message,
                  std::size_t message_size) noexcept {
  try {
    const std::uint32_t sectors = (stream_bytes + kSector - 1) / kSector;
    const aiot::Status opened =
        directory.store.open_or_create(path, aiot::linux_port::default_store_layout(sectors));
    tell(directory.store.message().c_str(), message, message_size);
    return opened;
  } catch (...) {
    tell("there is not enough memory to open the store; free some", message, message_size);
    return aiot::Error::kNoSpace;
  }
}

}  // namespace

extern "C" {

size_t aiot_directory_size() {
  return sizeof(aiot_directory) + alignof(aiot_directory) - 1;
}

int aiot_directory_open(void* memory,
                        size_t size,
                        const char* path,
                        uint32_t stream_bytes,
                        aiot_store* store,
                        aiot_directory** directory,
                        char* message,
                        size_t message_size) {
  tell("", message, message_size);
  if (directory != nullptr) {
    *directory = nullptr;
  }
  if (memory == nullptr || path == nullptr || path[0] == '\0' || directory == nullptr ||
      !aiot::capi::sized(store)) {
    tell("a pointer is NULL, the path is empty or struct_size is not set; correct the call",
         message,
         message_size);
    return AIOT_INVALID_ARGUMENT;
  }
  const std::uint32_t bytes = stream_bytes == 0 ? kStreamBytes : stream_bytes;
  if (bytes < kMinStreamBytes || bytes > kMaxStreamBytes) {
    tell("streams take 12 KiB to 512 MiB each; choose another size", message, message_size);
    return AIOT_OUT_OF_RANGE;
  }
  if (size < aiot_directory_size()) {
    tell("the memory is smaller than aiot_directory_size(); give more", message, message_size);
    return AIOT_NO_SPACE;
  }
  constexpr std::size_t kAlignment = alignof(aiot_directory);
  const std::size_t skew = reinterpret_cast<std::uintptr_t>(memory) % kAlignment;
  auto* const made =
      new (static_cast<std::byte*>(memory) + (kAlignment - skew) % kAlignment) aiot_directory;
  const aiot::Status opened = open(*made, path, bytes, message, message_size);
  if (!opened.ok()) {
    made->~aiot_directory();
    aiot::capi::forget(&made->alive);
    return code(opened);
  }
  aiot::capi::give(store_of(*made), store);
  *directory = made;
  return AIOT_OK;
}

int aiot_directory_close(aiot_directory* directory) {
  const bool aligned = reinterpret_cast<std::uintptr_t>(directory) % alignof(aiot_directory) == 0;
  if (directory == nullptr || !aligned || directory->alive != aiot_directory::kAlive) {
    return AIOT_INVALID_ARGUMENT;
  }
  directory->~aiot_directory();
  aiot::capi::forget(&directory->alive);
  return AIOT_OK;
}

}  // extern "C"
