// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "aiot/core/bytes.hpp"
#include "aiot/core/event.hpp"
#include "aiot/device/condition.hpp"
#include "aiot/device/listener.hpp"
#include "aiot/device/shape.hpp"
#include "aiot/link/uplink.hpp"

namespace aiot::device {

/// The memory that a `Device` works in, as spans: the device's logic is not a template of sizes.
struct StorageView {
  std::span<std::int16_t> ring;
  std::span<std::int16_t> window;  ///< codes of the window that is being collected
  std::span<float> scratch;        ///< its samples are in front, and are worked on in place
  std::span<float> features;
  std::span<float> inputs;  ///< normalised features
  MutableBytes arena;       ///< aligned to 16
  MutableBytes record;
  MutableBytes batch;
  std::span<Event> events;
  std::span<float> bearing{};           ///< may be empty
  std::span<float> spectrum{};          ///< may be empty
  std::span<link::InFlight> flights{};  ///< may be empty
  ConditionState* condition = nullptr;  ///< may be null
  /// Who hears bearing, baseline and levels, and where it lives; null: nobody.
  const ListenerOps* listener = nullptr;
  ListenerMemory* listener_memory = nullptr;
};

/// All RAM of the library for a device of `kShape`, meant for .bss:
/// `constinit aiot::Storage<kShape> storage;`
template <Shape kShape>
class Storage {
  struct Nothing {};

  static constexpr std::size_t kSpectrum = kShape.spectrum ? kShape.window / 2 + 1 : 0;
  static constexpr std::size_t kFlights =
      kShape.batches_in_flight > 1 ? kShape.batches_in_flight* kStreams : 0;
  static constexpr bool kListens = kShape.bearing > 0 || kShape.spectrum || kShape.condition;
  static constexpr bool kSharedLearning = kSpectrum >= kLearningFloats;

 public:
  operator StorageView() noexcept {
    StorageView view{
        ring_, window_, scratch_, features_, inputs_, arena_, record_, batch_, events_};
    view.bearing = bearing_;
    view.spectrum = spectrum_;
    view.flights = flights_;
    if constexpr (kListens) {
      view.listener = &kMachineListener;
      view.listener_memory = &listener_;
    }
    if constexpr (kShape.condition) {
      // Nothing is averaged while the machine is commissioned.
      condition_.learning =
          (kSharedLearning ? std::span<float>(spectrum_) : std::span<float>(learning_))
              .first(kLearningFloats);
      view.condition = &condition_;
    }
    return view;
  }

 private:
  std::array<std::int16_t, kShape.ring> ring_{};
  std::array<std::int16_t, kShape.window * kShape.axes> window_{};
  std::array<float, kShape.scratch> scratch_{};
  std::array<float, kShape.features> features_{};
  std::array<float, kShape.features> inputs_{};
  alignas(16) std::array<std::byte, kShape.arena> arena_{};
  std::array<std::byte, kShape.record> record_{};
  std::array<std::byte, kShape.batch> batch_{};
  std::array<Event, kShape.events> events_{};
  std::array<float, kShape.bearing> bearing_{};
  std::array<float, kSpectrum> spectrum_{};
  std::array<link::InFlight, kFlights> flights_{};
  std::array<float, kShape.condition && !kSharedLearning ? kLearningFloats : 0> learning_{};
  [[no_unique_address]] std::conditional_t<kShape.condition, ConditionState, Nothing> condition_{};
  [[no_unique_address]] std::conditional_t<kListens, ListenerMemory, Nothing> listener_{};
};

}  // namespace aiot::device

namespace aiot {

using device::Storage;

}  // namespace aiot
