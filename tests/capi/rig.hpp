// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "aiot/aiot.h"
#include "ports/sim/machine.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test.hpp"

/// What the tests of the C interface work with: a store in memory, a device, a machine to listen
/// to.
namespace aiot::test {

/// A structure of the C interface as a caller makes it.
template <class T>
T made() {
  T structure{};
  structure.struct_size = sizeof(T);
  return structure;
}

inline std::string shipped_package(const char* name = "machine") {
  return content_of(std::string(AIOT_SOURCE_DIR) + "/models/" + name + ".aipk");
}

/// A flash of plain NOR that a caller wrote; it outlives devices, as flash does. `fails`: what the
/// functions return from now on.
class CFlash {
 public:
  static constexpr std::uint32_t kSector = 4096;
  static constexpr std::uint32_t kSectors = 8;  // of each region

  CFlash() : bytes_(std::size_t{kSector} * kSectors * 5, 0xFF) {}

  aiot_store store() {
    auto store = made<aiot_store>();
    store.context = this;
    store.size_bytes = static_cast<std::uint32_t>(bytes_.size());
    store.sector_bytes = kSector;
    store.page_bytes = 256;
    store.program_bytes = 4;
    store.erased = 0xFF;
    store.reprogram = 1;
    store.read = [](void* self, std::uint32_t at, void* out, std::size_t size) {
      return static_cast<CFlash*>(self)->read(at, out, size);
    };
    store.program = [](void* self, std::uint32_t at, const void* in, std::size_t size) {
      return static_cast<CFlash*>(self)->program(at, in, size);
    };
    store.erase = [](void* self, std::uint32_t at) {
      return static_cast<CFlash*>(self)->erase(at);
    };
    store.sync = [](void* self) { return static_cast<CFlash*>(self)->fails; };
    std::uint32_t at = 0;
    for (aiot_region* region :
         {&store.queue[0], &store.queue[1], &store.queue[2], &store.boot_record, &store.baseline}) {
      *region = {at, kSectors * kSector};
      at += region->size;
    }
    return store;
  }

  int fails = AIOT_OK;
  bool any_alignment = false;  ///< of another geometry than that of `store`

 private:
  bool inside(std::uint32_t at, std::size_t size) const {
    return at <= bytes_.size() && size <= bytes_.size() - at;
  }

  int read(std::uint32_t at, void* out, std::size_t size) const {
    EXPECT_TRUE(inside(at, size));
    std::memcpy(out, &bytes_[at], size);
    return fails;
  }

  int program(std::uint32_t at, const void* in, std::size_t size) {
    EXPECT_TRUE(inside(at, size) && (any_alignment || (at % 4 == 0 && size % 4 == 0)));
    for (std::size_t i = 0; fails == AIOT_OK && i < size; ++i) {
      bytes_[at + i] &= static_cast<const std::uint8_t*>(in)[i];
    }
    return fails;
  }

  int erase(std::uint32_t at) {
    EXPECT_TRUE(inside(at, any_alignment ? 1 : kSector) && (any_alignment || at % kSector == 0));
    const std::size_t size = std::min<std::size_t>(kSector, bytes_.size() - at);
    std::fill_n(bytes_.begin() + at, fails == AIOT_OK ? size : 0, std::uint8_t{0xFF});
    return fails;
  }

  std::vector<std::uint8_t> bytes_;
};

/// One record as it was given.
struct Given {
  int stream = 0;
  int kind = 0;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::string bytes;

  friend bool operator==(const Given&, const Given&) = default;
};

/// A device in memory of the test, over a store, with a simulated machine.
class Rig {
 public:
  static constexpr std::uint32_t kChunk = 512;

  explicit Rig(const aiot_store& store) : Rig(store, [](aiot_config&) {}) {}

  /// `change` may change the configuration before it is used.
  template <class Change>
  Rig(const aiot_store& store, Change change) : store_(store) {
    config_ = made<aiot_config>();
    config_.device_id = "rig";
    config_.store = &store_;
    config_.limits = &limits_;
    config_.rate_hz = machine_.rate_hz();
    config_.scale = machine_.scale();
    config_.axes = 1;
    config_.bits = 16;
    limits_.arena_bytes = 4096;
    limits_.package_bytes = 4096;
    limits_.window_frames = 2048;
    limits_.bearing_views = 1;
    change(config_);
    memory_.assign(aiot_device_size(&config_), 0xA5);  // it need not be cleared
    EXPECT_EQ(aiot_init(memory_.data(), memory_.size(), &config_, &device_), AIOT_OK);
  }

  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  ~Rig() { (void)aiot_deinit(device_); }

  int load(const std::string& package) {
    return aiot_load_package(device_, package.data(), package.size(), now());
  }

  int load() { return load(shipped_package()); }

  /// Pushes and steps; the result of the last step that was not idle, or the first failure.
  int listen(std::uint32_t frames) {
    int last = AIOT_IDLE;
    std::vector<std::int16_t> chunk(kChunk);
    for (std::uint32_t done = 0; done < frames; done += kChunk) {
      machine_.generate(chunk);
      EXPECT_EQ(aiot_push(device_, chunk.data(), chunk.size()), static_cast<int>(kChunk));
      frames_ += kChunk;
      int result = AIOT_IDLE;
      do {
        result = aiot_step(device_, now());
        last = result == AIOT_IDLE ? last : result;
      } while (result > 0);
      if (result < 0) {
        return result;
      }
    }
    return last;
  }

  /// All records from the reader's place on.
  std::vector<Given> take_all() {
    std::vector<Given> all;
    std::string buffer(aiot_max_record_size(device_), '\0');
    auto record = made<aiot_record>();
    int result = AIOT_OK;
    while ((result = aiot_next_record(device_, buffer.data(), buffer.size(), &record)) == AIOT_OK) {
      all.push_back(
          {record.stream, record.kind, record.first, record.last, buffer.substr(0, record.size)});
    }
    EXPECT_EQ(result, AIOT_EMPTY);
    return all;
  }

  std::int64_t now() const {
    return static_cast<std::int64_t>(static_cast<double>(frames_) * 1e6 /
                                     static_cast<double>(machine_.rate_hz()));
  }

  aiot_stats stats() const {
    auto stats = made<aiot_stats>();
    EXPECT_EQ(aiot_get_stats(device_, &stats), AIOT_OK);
    return stats;
  }

  aiot_device* device() { return device_; }

  aiot_config& config() { return config_; }

 private:
  sim::Machine machine_{{.seed = 1, .scenario = sim::demo_scenario()}};
  aiot_store store_;
  aiot_limits limits_ = made<aiot_limits>();
  aiot_config config_{};
  std::vector<unsigned char> memory_;
  aiot_device* device_ = nullptr;
  std::uint64_t frames_ = 0;
};

}  // namespace aiot::test
