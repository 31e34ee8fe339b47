// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/compiler/target.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "aiot/core/check.hpp"
#include "aiot/nn/kernels.hpp"
#include "aiot/toolkit/compiler/instruction.hpp"

namespace aiot::toolkit {
namespace {

constexpr std::array<std::string_view, 6> kNames{
    "host", "arm-m0", "arm-m3", "arm-m4", "arm-m7", "arm-m55"};

constexpr std::uint64_t kNothing = std::numeric_limits<std::uint64_t>::max();

/// Beyond this many output pixels an exact lead is not worth the time.
constexpr std::uint64_t kMostPixels = std::uint64_t{1} << 18U;

constexpr std::uint32_t round_up(std::uint64_t bytes, std::uint32_t step) {
  return static_cast<std::uint32_t>((bytes + step - 1U) / step * step);
}

/// First row or column of the image that output position `at` reads, or `size` when none.
std::uint64_t first_cell(std::uint64_t at,
                         std::uint32_t kernel,
                         std::uint32_t stride,
                         std::uint32_t dilation,
                         std::uint32_t pad,
                         std::uint32_t size) {
  const std::uint64_t first = at * stride;
  const std::uint64_t skipped = first >= pad ? 0U : (pad - first + dilation - 1U) / dilation;
  const std::uint64_t cell = first + skipped * dilation - pad;
  return skipped < kernel && cell < size ? cell : size;
}

/// Lowest byte of the input that an output pixel reads.
std::uint64_t lowest_byte(const nn::Images& images,
                          const nn::Window2d& window,
                          std::uint64_t pixel) {
  const std::uint64_t column = pixel % images.out_w;
  const std::uint64_t row = pixel / images.out_w % images.out_h;
  const std::uint64_t image = pixel / images.out_w / images.out_h;
  const std::uint64_t y = first_cell(
      row, window.kernel_h, window.stride_h, window.dilation_h, window.pad_top, images.in_h);
  const std::uint64_t x = first_cell(
      column, window.kernel_w, window.stride_w, window.dilation_w, window.pad_left, images.in_w);
  if (y == images.in_h || x == images.in_w) {
    return kNothing;
  }
  return ((image * images.in_h + y) * images.in_w + x) * images.in_c;
}

/// Constants of `canonical` from the offset in `word` on.
std::span<const std::byte> constants_at(const NetworkSpec& canonical,
                                        std::uint32_t offset,
                                        std::uint64_t bytes) {
  AIOT_CHECK(offset <= canonical.weights.size() && bytes <= canonical.weights.size() - offset);
  return std::span(canonical.weights).subspan(offset, static_cast<std::size_t>(bytes));
}

/// Packs the constants of a weighted instruction for `target` and gives it its scratch behind the
/// arena of the network; returns the scratch bytes.
std::uint32_t pack_again(std::vector<std::uint32_t>& params,
                         nn::OpCode code,
                         const Fields& fields,
                         const NetworkSpec& canonical,
                         const Target& target,
                         ConstantPool& pool) {
  const auto values = constants_at(canonical, params[kWeightsWord], fields.constants.front().bytes);
  const auto channel_bytes =
      constants_at(canonical, params[kChannelsWord], fields.constants.back().bytes);
  std::vector<nn::Channel> channels(channel_bytes.size() / sizeof(nn::Channel));
  std::memcpy(channels.data(), channel_bytes.data(), channel_bytes.size());
  const auto* first = reinterpret_cast<const std::int8_t*>(values.data());
  const PackedLayer packed = target.pack({code, params}, {first, values.size()}, channels);
  const std::uint32_t scratch = round_up(target.scratch({code, params}).front(), nn::kAlignment);
  params[kWeightsWord] = pool.add(packed.weights);
  params[kChannelsWord] = pool.add(packed.channels);
  params[kScratchWord] = scratch == 0 ? 0 : round_up(canonical.arena_bytes, nn::kAlignment);
  params[kScratchWord + 1] = scratch;
  return scratch;
}

}  // namespace

const Target* find_target(std::string_view name) {
  if (name == "host") {
    return &ref_target();
  }
  if (name == "arm-m0" || name == "arm-m3") {
    return &plain_target();
  }
  if (name == "arm-m4" || name == "arm-m7") {
    return &arm_dsp_target();
  }
  return name == "arm-m55" ? &arm_mve_target() : nullptr;
}

const Target* find_target_by_kernels(std::string_view kernels) {
  for (const Target* target :
       {&ref_target(), &plain_target(), &arm_dsp_target(), &arm_mve_target()}) {
    if (target->kernels() == kernels) {
      return target;
    }
  }
  return nullptr;
}

std::span<const std::string_view> target_names() {
  return kNames;
}

// From the last pixel to the first, so that the lowest byte that is still needed is a running
// minimum. A block may begin at every pixel at which one of the usual ways to cut an image into
// blocks begins one: counted from the first pixel, from the first of an image, or from the first of
// a row.
std::uint32_t windowed_lead(const nn::Images& images,
                            const nn::Window2d& window,
                            std::uint32_t block_pixels,
                            bool gathers) {
  const std::uint64_t image_pixels = std::uint64_t{images.out_h} * images.out_w;
  const std::uint64_t pixels = image_pixels * images.batch;
  if (pixels > kMostPixels) {
    return round_up(pixels * images.out_c, nn::kOperandAlignment);
  }
  const std::uint64_t block = std::max<std::uint64_t>(block_pixels, 1);
  std::uint64_t needed = kNothing;
  std::uint64_t lead = 0;
  for (std::uint64_t pixel = pixels; pixel-- > 0;) {
    needed = std::min(needed, lowest_byte(images, window, pixel));
    const bool begins = pixel % block == 0 || pixel % image_pixels % block == 0 ||
                        pixel % images.out_w % block == 0;
    if (begins && needed != kNothing) {
      const std::uint64_t end = gathers ? pixel : std::min(pixel + block, pixels);
      const std::uint64_t written = end * images.out_c;
      lead = std::max(lead, written > needed ? written - needed : 0U);
    }
  }
  return round_up(lead, nn::kOperandAlignment);
}

NetworkSpec retarget(const NetworkSpec& canonical, const Target& target) {
  NetworkSpec network = canonical;
  network.program.clear();
  network.layout = target.layout();
  ConstantPool pool;
  std::uint32_t scratch = 0;
  for (std::size_t at = 0; at < canonical.program.size();) {
    const nn::OpHeader header = nn::instruction_at(canonical.program, at);
    const auto code = static_cast<nn::OpCode>(header.code);
    AIOT_CHECK(header.words == param_words(code) + 1);
    const auto words = std::span(canonical.program).subspan(at + 1, header.words - 1U);
    std::vector<std::uint32_t> params(words.begin(), words.end());
    const Fields fields = fields_of({code, words});
    for (const Region& read : fields.reads) {
      if ((params[read.word] & nn::kConstantOperand) != 0) {
        const std::uint32_t offset = params[read.word] & ~nn::kConstantOperand;
        params[read.word] =
            pool.add(constants_at(canonical, offset, read.bytes)) | nn::kConstantOperand;
      }
    }
    if (fields.weighted) {
      scratch = std::max(scratch, pack_again(params, code, fields, canonical, target, pool));
    } else {
      for (const Region& constant : fields.constants) {
        params[constant.word] =
            pool.add(constants_at(canonical, params[constant.word], constant.bytes));
      }
    }
    append_instruction(network.program, code, params);
    at += header.words;
  }
  if (scratch != 0) {
    network.arena_bytes = round_up(canonical.arena_bytes, nn::kAlignment) + scratch;
  }
  network.weights = pool.bytes();
  return network;
}

}  // namespace aiot::toolkit
