// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/compiler/target.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "aiot/nn/plain/kernels.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "tests/toolkit/header_network.hpp"
#include "tests/toolkit/run_network.hpp"

namespace aiot::toolkit {
namespace {

constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

struct Case {
  nn::Images images;
  nn::Window2d window;
};

Case random_case(Random& random) {
  const auto number = [&](std::uint32_t least, std::uint32_t most) {
    return static_cast<std::uint16_t>(least + random.below(most - least + 1));
  };
  Case c;
  c.images = {number(1, 2),
              number(1, 9),
              number(1, 9),
              number(1, 5),
              number(1, 9),
              number(1, 9),
              number(1, 5),
              0};
  c.window = {number(1, 4),
              number(1, 4),
              number(1, 3),
              number(1, 3),
              number(1, 2),
              number(1, 2),
              number(0, 4),
              number(0, 4)};
  return c;
}

/// For every byte of the input the last output pixel that reads it, or kNever; cell by cell.
std::vector<std::uint64_t> last_readers(const Case& c) {
  const nn::Images& images = c.images;
  std::vector<std::uint64_t> last(
      std::size_t{images.batch} * images.in_h * images.in_w * images.in_c, kNever);
  std::uint64_t pixel = 0;
  for (int image = 0; image < images.batch; ++image) {
    for (int row = 0; row < images.out_h; ++row) {
      for (int column = 0; column < images.out_w; ++column, ++pixel) {
        for (int ky = 0; ky < c.window.kernel_h; ++ky) {
          for (int kx = 0; kx < c.window.kernel_w; ++kx) {
            const int y = row * c.window.stride_h - c.window.pad_top + ky * c.window.dilation_h;
            const int x = column * c.window.stride_w - c.window.pad_left + kx * c.window.dilation_w;
            if (y < 0 || y >= images.in_h || x < 0 || x >= images.in_w) {
              continue;
            }
            const int cell = (image * images.in_h + y) * images.in_w + x;
            for (int channel = 0; channel < images.in_c; ++channel) {
              last[static_cast<std::size_t>(cell * images.in_c + channel)] = pixel;
            }
          }
        }
      }
    }
  }
  return last;
}

/// Whether a kernel that works in blocks of `block` pixels, counted from the first pixel of each
/// `unit` pixels, destroys nothing that it reads later when the input begins `lead` bytes behind
/// the output.
bool is_safe(
    const Case& c, std::uint64_t block, std::uint64_t unit, bool gathers, std::uint64_t lead) {
  const std::vector<std::uint64_t> last = last_readers(c);
  const std::uint64_t pixels = std::uint64_t{c.images.batch} * c.images.out_h * c.images.out_w;
  const auto begin_of = [&](std::uint64_t pixel) {
    return pixel / unit * unit + pixel % unit / block * block;
  };
  for (std::uint64_t pixel = 0; pixel < pixels; ++pixel) {
    for (std::uint64_t channel = 0; channel < c.images.out_c; ++channel) {
      const std::uint64_t at = pixel * c.images.out_c + channel;
      if (at < lead || at - lead >= last.size() || last[at - lead] == kNever) {
        continue;
      }
      const std::uint64_t reader = begin_of(last[at - lead]);
      const std::uint64_t writer = begin_of(pixel);
      if (reader > writer || (!gathers && reader == writer)) {
        return false;
      }
    }
  }
  return true;
}

TEST(WindowedLead, LetsNoKernelOverwriteWhatItStillReads) {
  Random random(51, 0);
  for (int round = 0; round < 3000; ++round) {
    const Case c = random_case(random);
    const std::uint32_t block = 1 + random.below(7);
    const bool gathers = random.below(2) == 0;
    const std::uint32_t lead = windowed_lead(c.images, c.window, block, gathers);
    EXPECT_EQ(lead % nn::kOperandAlignment, 0U);
    const std::uint64_t image = std::uint64_t{c.images.out_h} * c.images.out_w;
    for (const std::uint64_t unit :
         {std::uint64_t{c.images.out_w}, image, image * c.images.batch}) {
      EXPECT_TRUE(is_safe(c, block, unit, gathers, lead));
    }
  }
}

TEST(WindowedLead, IsNoLargerThanItMustBe) {
  Random random(52, 0);
  for (int round = 0; round < 1000; ++round) {
    const Case c = random_case(random);
    const std::uint64_t all = std::uint64_t{c.images.batch} * c.images.out_h * c.images.out_w;
    const std::uint32_t lead = windowed_lead(c.images, c.window, 1, true);
    // Bytes that nobody reads may be overwritten, so a smaller lead may happen to be safe; where
    // every byte is read it is not.
    const auto last = last_readers(c);
    if (lead >= 8 && std::find(last.begin(), last.end(), kNever) == last.end() &&
        c.images.in_c == 1) {
      EXPECT_FALSE(is_safe(c, 1, all, true, lead - 8));
    }
  }
}

TEST(WindowedLead, IsNothingForPointwiseLayersThatDoNotGrow) {
  const nn::Images same{1, 25, 5, 64, 25, 5, 64, 0};
  EXPECT_EQ(windowed_lead(same, {}, 6, true), 0U);
  const nn::Images grows{1, 48, 48, 8, 48, 48, 16, 0};
  EXPECT_LE(windowed_lead(grows, {}, 1, true), 48U * 48U * 8U);
}

TEST(WindowedLead, OfA3x3WindowIsARowAndAPixel) {
  const nn::Images images{1, 32, 32, 16, 32, 32, 16, 0};
  const nn::Window2d window{3, 3, 1, 1, 1, 1, 1, 1};
  EXPECT_EQ(windowed_lead(images, window, 1, true), 33U * 16U);
  EXPECT_EQ(windowed_lead(images, window, 1, false), 34U * 16U);
}

TEST(Target, EveryNameHasOne) {
  for (const std::string_view name : target_names()) {
    EXPECT_NE(find_target(name), nullptr);
  }
  EXPECT_EQ(find_target("host"), &ref_target());
  EXPECT_EQ(find_target("arm-m3"), &plain_target());
  EXPECT_EQ(find_target("arm-m7"), &arm_dsp_target());
  EXPECT_EQ(find_target("arm-m55"), &arm_mve_target());
  EXPECT_EQ(find_target("arm-m5"), nullptr);
  EXPECT_EQ(find_target_by_kernels("ref"), &ref_target());
  EXPECT_EQ(find_target_by_kernels("avx"), nullptr);
}

TEST(Retarget, KeepsTheOutputs) {
  const NetworkSpec canonical = test::header_network();
  const auto expected = test::run_network(canonical, nn::ref::kernels, 5, 1);
  EXPECT_EQ(test::run_network(retarget(canonical, ref_target()), nn::ref::kernels, 5, 2), expected);
  EXPECT_EQ(test::run_network(retarget(canonical, plain_target()), nn::plain::kernels, 5, 2),
            expected);
}

TEST(Retarget, MovesNothingButScratch) {
  const NetworkSpec canonical = test::header_network();
  for (const std::string_view name : target_names()) {
    const NetworkSpec network = retarget(canonical, *find_target(name));
    EXPECT_EQ(network.program.size(), canonical.program.size());
    EXPECT_EQ(network.inputs[0].offset, canonical.inputs[0].offset);
    EXPECT_EQ(network.outputs[0].offset, canonical.outputs[0].offset);
    EXPECT_GE(network.arena_bytes, canonical.arena_bytes);
  }
}

}  // namespace
}  // namespace aiot::toolkit
