// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace aiot {

/// Sizes of a device, fixed when it is compiled. A package that needs more is refused at start with
/// `kNoSpace`, so a device that starts never runs out of memory.
struct Shape {
  std::size_t window = 2048;  ///< frames of the longest window
  std::size_t axes = 1;
  std::size_t ring = 4096;     ///< samples between interrupt and loop; a power of two
  std::size_t scratch = 4096;  ///< floats to work in: a window of all axes, and what
                               ///< `dsp::bearing_scratch` wants more
  std::size_t features = 16;
  std::size_t arena = 1024;   ///< bytes for the network's activations
  std::size_t record = 1024;  ///< bytes of the largest record; a context takes about 600
  std::size_t batch = 1024;   ///< bytes of a batch on its way out, at least `record`
  /// Batches of each stream under way without an acknowledgement: 1 to
  /// `hal::kMaxBatchesInFlight`, 96 bytes each from 2 on. More than 1 for a consumer at the other
  /// end of a link.
  std::size_t batches_in_flight = 1;
  std::size_t events = 16;
  std::size_t bearing =
      0;                   ///< floats: `dsp::bearing_floats` of the package's bearing plan; 0: none
  bool spectrum = false;   ///< average the spectrum: window / 2 + 1 floats
  bool condition = false;  ///< learn how the machine sounds and watch it: about 2 KB, and 3.5 KB
                           ///< more where there is no averaged spectrum to learn in the place of
};

}  // namespace aiot
