// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "aiot/nn/program.hpp"
#include "aiot/toolkit/program_builder.hpp"

/// What a compiler must know of a back-end: how its kernels want their constants, how much working
/// memory they take, and how far an output may lie over its input.
namespace aiot::toolkit {

/// Constants of a weighted operator.
struct PackedLayer {
  std::vector<std::byte> weights;
  std::vector<std::byte> channels;
};

/// An instruction without header: its code and parameter struct (addresses may be 0).
struct InstructionView {
  nn::OpCode code{};
  std::span<const std::uint32_t> params;
};

class Target {
 public:
  virtual ~Target() = default;

  /// Kernel set that runs it: "ref", "plain", "arm_dsp", "arm_mve".
  [[nodiscard]] virtual std::string_view kernels() const = 0;

  [[nodiscard]] virtual nn::WeightLayout layout() const = 0;

  /// Constants of kFullyConnectedS8, kConv2dS8 or kDepthwiseConv2dS8 in this target's layout, from
  /// those in the order of `ref`.
  [[nodiscard]] virtual PackedLayer pack(const InstructionView& instruction,
                                         std::span<const std::int8_t> weights,
                                         std::span<const nn::Channel> channels) const = 0;

  /// Bytes of scratch with which the kernel of `instruction` can run, the fastest first, the least
  /// last; {0} when it needs none.
  [[nodiscard]] virtual std::vector<std::uint32_t> scratch(
      const InstructionView& instruction) const = 0;

  /// How many bytes the first input must begin behind the output so that the kernel, run with
  /// `scratch_bytes`, never overwrites what it still reads: 0, the output may begin where the input
  /// does. Nothing: they must not overlap. AddS8 and MulS8: holds for both operands.
  [[nodiscard]] virtual std::optional<std::uint32_t> lead(const InstructionView& instruction,
                                                          std::uint32_t scratch_bytes) const = 0;
};

/// The back-ends. Each is defined in src/toolkit/compiler/target_<kernels>.cpp.
const Target& ref_target();
const Target& plain_target();
const Target& arm_dsp_target();
const Target& arm_mve_target();

/// What `--target` names: host (ref), arm-m0 and arm-m3 (plain), arm-m4 and arm-m7 (arm_dsp),
/// arm-m55 (arm_mve); or null.
const Target* find_target(std::string_view name);

/// The target whose kernel set is called `kernels`, or null.
const Target* find_target_by_kernels(std::string_view kernels);

/// Names that `find_target` knows.
std::span<const std::string_view> target_names();

/// `lead` of a windowed operator whose kernel works through the output pixels in row-major order in
/// blocks of `block_pixels` (all output channels of a block before the next one). `gathers`: a
/// block first copies all that it reads; otherwise it reads while it writes.
std::uint32_t windowed_lead(const nn::Images& images,
                            const nn::Window2d& window,
                            std::uint32_t block_pixels,
                            bool gathers);

/// A network in the canonical layout as one for `target`: constants packed again, scratch (the
/// fastest) appended to the arena, nothing else moved.
NetworkSpec retarget(const NetworkSpec& canonical, const Target& target);

}  // namespace aiot::toolkit
