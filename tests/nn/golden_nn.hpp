// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// Made by tools/make_golden_nn.py; do not edit.
#pragma once

#include <cstdint>
#include <span>

#include "aiot/nn/program.hpp"

// clang-format off
namespace aiot::nn::golden {

struct RealFactor { double real = 0.0; Multiplier expected; };
struct FullyConnectedCase {
  const char* name = ""; std::span<const Channel> channels;
  std::span<const std::int8_t> expected; FullyConnectedS8 params; std::uint32_t seed = 0;
};
struct Conv2dCase {
  const char* name = ""; std::span<const Channel> channels;
  std::span<const std::int8_t> expected; Conv2dS8 params; std::uint32_t seed = 0;
};
struct DepthwiseConv2dCase {
  const char* name = ""; std::span<const Channel> channels;
  std::span<const std::int8_t> expected; DepthwiseConv2dS8 params; std::uint32_t seed = 0;
};
struct Pool2dCase {
  const char* name = ""; std::span<const std::int8_t> expected; Pool2dS8 params; std::uint32_t seed = 0;
};
struct SoftmaxCase {
  const char* name = ""; std::span<const std::int8_t> expected;
  std::span<const std::int16_t> fine; SoftmaxS8 params; std::uint32_t seed = 0;
};
template <class Params>
struct Case {
  const char* name = ""; std::span<const std::int8_t> expected; Params params; std::uint32_t seed = 0;
};
struct FloatCase {
  std::uint32_t scale_bits = 0; std::int32_t zero_point = 0; std::uint32_t value_bits = 0; std::int8_t code = 0;
};

inline constexpr std::int32_t kHighMultiply[][3] = {  // a, b, result
    {INT32_MIN, INT32_MIN, 2147483647}, {INT32_MIN, -1, 1}, {INT32_MIN, 1, -1}, {INT32_MIN, 1073741824, -1073741824}, {INT32_MIN, 2147483647, -2147483647},
    {-2147483647, INT32_MIN, 2147483647}, {-2147483647, -1, 1}, {-2147483647, 1, -1}, {-2147483647, 1073741824, -1073741823}, {-2147483647, 2147483647, -2147483646},
    {-1073741825, INT32_MIN, 1073741825}, {-1073741825, -1, 1}, {-1073741825, 1, -1}, {-1073741825, 1073741824, -536870912}, {-1073741825, 2147483647, -1073741824},
    {-1073741824, INT32_MIN, 1073741824}, {-1073741824, -1, 1}, {-1073741824, 1, 0}, {-1073741824, 1073741824, -536870912}, {-1073741824, 2147483647, -1073741823},
    {-3, INT32_MIN, 3}, {-3, -1, 0}, {-3, 1, 0}, {-3, 1073741824, -1}, {-3, 2147483647, -3},
    {-2, INT32_MIN, 2}, {-2, -1, 0}, {-2, 1, 0}, {-2, 1073741824, -1}, {-2, 2147483647, -2},
    {-1, INT32_MIN, 1}, {-1, -1, 0}, {-1, 1, 0}, {-1, 1073741824, 0}, {-1, 2147483647, -1},
    {0, INT32_MIN, 0}, {0, -1, 0}, {0, 1, 0}, {0, 1073741824, 0}, {0, 2147483647, 0},
    {1, INT32_MIN, -1}, {1, -1, 0}, {1, 1, 0}, {1, 1073741824, 1}, {1, 2147483647, 1},
    {2, INT32_MIN, -2}, {2, -1, 0}, {2, 1, 0}, {2, 1073741824, 1}, {2, 2147483647, 2},
    {3, INT32_MIN, -3}, {3, -1, 0}, {3, 1, 0}, {3, 1073741824, 2}, {3, 2147483647, 3},
    {1073741824, INT32_MIN, -1073741824}, {1073741824, -1, 0}, {1073741824, 1, 1}, {1073741824, 1073741824, 536870912}, {1073741824, 2147483647, 1073741824},
    {2147483646, INT32_MIN, -2147483646}, {2147483646, -1, -1}, {2147483646, 1, 1}, {2147483646, 1073741824, 1073741823}, {2147483646, 2147483647, 2147483645},
    {2147483647, INT32_MIN, -2147483647}, {2147483647, -1, -1}, {2147483647, 1, 1}, {2147483647, 1073741824, 1073741824}, {2147483647, 2147483647, 2147483646},
};

inline constexpr std::int32_t kDivide[][3] = {  // value, exponent, result
    {INT32_MIN, 0, INT32_MIN}, {INT32_MIN, 1, -1073741824}, {INT32_MIN, 2, -536870912}, {INT32_MIN, 30, -2}, {INT32_MIN, 31, -1},
    {-7, 0, -7}, {-7, 1, -4}, {-7, 2, -2}, {-7, 30, 0}, {-7, 31, 0},
    {-6, 0, -6}, {-6, 1, -3}, {-6, 2, -2}, {-6, 30, 0}, {-6, 31, 0},
    {-5, 0, -5}, {-5, 1, -3}, {-5, 2, -1}, {-5, 30, 0}, {-5, 31, 0},
    {-3, 0, -3}, {-3, 1, -2}, {-3, 2, -1}, {-3, 30, 0}, {-3, 31, 0},
    {-2, 0, -2}, {-2, 1, -1}, {-2, 2, -1}, {-2, 30, 0}, {-2, 31, 0},
    {-1, 0, -1}, {-1, 1, -1}, {-1, 2, 0}, {-1, 30, 0}, {-1, 31, 0},
    {0, 0, 0}, {0, 1, 0}, {0, 2, 0}, {0, 30, 0}, {0, 31, 0},
    {1, 0, 1}, {1, 1, 1}, {1, 2, 0}, {1, 30, 0}, {1, 31, 0},
    {2, 0, 2}, {2, 1, 1}, {2, 2, 1}, {2, 30, 0}, {2, 31, 0},
    {3, 0, 3}, {3, 1, 2}, {3, 2, 1}, {3, 30, 0}, {3, 31, 0},
    {5, 0, 5}, {5, 1, 3}, {5, 2, 1}, {5, 30, 0}, {5, 31, 0},
    {6, 0, 6}, {6, 1, 3}, {6, 2, 2}, {6, 30, 0}, {6, 31, 0},
    {7, 0, 7}, {7, 1, 4}, {7, 2, 2}, {7, 30, 0}, {7, 31, 0},
    {2147483647, 0, 2147483647}, {2147483647, 1, 1073741824}, {2147483647, 2, 536870912}, {2147483647, 30, 2}, {2147483647, 31, 1},
};

inline constexpr std::int32_t kRequantize[][4] = {  // value, multiplier, shift, result
    {-100001, 1073741824, 0, -50000}, {-97, 1073741824, 0, -48}, {-96, 1073741824, 0, -48}, {-33, 1073741824, 0, -16}, {-32, 1073741824, 0, -16}, {-2, 1073741824, 0, -1}, {-1, 1073741824, 0, 0}, {0, 1073741824, 0, 0}, {1, 1073741824, 0, 1}, {2, 1073741824, 0, 1}, {31, 1073741824, 0, 16}, {32, 1073741824, 0, 16}, {33, 1073741824, 0, 17}, {96, 1073741824, 0, 48}, {97, 1073741824, 0, 49}, {100001, 1073741824, 0, 50001}, {-475140, 1073741824, 0, -237570}, {221114, 1073741824, 0, 110557}, {-286648, 1073741824, 0, -143324}, {-1015726, 1073741824, 0, -507863},
    {-100001, 1073741824, 1, -100001}, {-97, 1073741824, 1, -97}, {-96, 1073741824, 1, -96}, {-33, 1073741824, 1, -33}, {-32, 1073741824, 1, -32}, {-2, 1073741824, 1, -2}, {-1, 1073741824, 1, -1}, {0, 1073741824, 1, 0}, {1, 1073741824, 1, 1}, {2, 1073741824, 1, 2}, {31, 1073741824, 1, 31}, {32, 1073741824, 1, 32}, {33, 1073741824, 1, 33}, {96, 1073741824, 1, 96}, {97, 1073741824, 1, 97}, {100001, 1073741824, 1, 100001}, {769894, 1073741824, 1, 769894}, {450513, 1073741824, 1, 450513}, {-376885, 1073741824, 1, -376885}, {229388, 1073741824, 1, 229388},
    {-100001, 1073741824, -1, -25000}, {-97, 1073741824, -1, -24}, {-96, 1073741824, -1, -24}, {-33, 1073741824, -1, -8}, {-32, 1073741824, -1, -8}, {-2, 1073741824, -1, -1}, {-1, 1073741824, -1, 0}, {0, 1073741824, -1, 0}, {1, 1073741824, -1, 1}, {2, 1073741824, -1, 1}, {31, 1073741824, -1, 8}, {32, 1073741824, -1, 8}, {33, 1073741824, -1, 9}, {96, 1073741824, -1, 24}, {97, 1073741824, -1, 25}, {100001, 1073741824, -1, 25001}, {770035, 1073741824, -1, 192509}, {925566, 1073741824, -1, 231392}, {925522, 1073741824, -1, 231381}, {524184, 1073741824, -1, 131046},
    {-100001, 1073741824, -6, -781}, {-97, 1073741824, -6, -1}, {-96, 1073741824, -6, -1}, {-33, 1073741824, -6, 0}, {-32, 1073741824, -6, 0}, {-2, 1073741824, -6, 0}, {-1, 1073741824, -6, 0}, {0, 1073741824, -6, 0}, {1, 1073741824, -6, 0}, {2, 1073741824, -6, 0}, {31, 1073741824, -6, 0}, {32, 1073741824, -6, 0}, {33, 1073741824, -6, 0}, {96, 1073741824, -6, 1}, {97, 1073741824, -6, 1}, {100001, 1073741824, -6, 781}, {278367, 1073741824, -6, 2175}, {-384964, 1073741824, -6, -3008}, {262047, 1073741824, -6, 2047}, {32733, 1073741824, -6, 256},
    {-100001, 1518500250, -4, -4419}, {-97, 1518500250, -4, -4}, {-96, 1518500250, -4, -4}, {-33, 1518500250, -4, -1}, {-32, 1518500250, -4, -1}, {-2, 1518500250, -4, 0}, {-1, 1518500250, -4, 0}, {0, 1518500250, -4, 0}, {1, 1518500250, -4, 0}, {2, 1518500250, -4, 0}, {31, 1518500250, -4, 1}, {32, 1518500250, -4, 1}, {33, 1518500250, -4, 1}, {96, 1518500250, -4, 4}, {97, 1518500250, -4, 4}, {100001, 1518500250, -4, 4419}, {499627, 1518500250, -4, 22081}, {-360282, 1518500250, -4, -15922}, {-188381, 1518500250, -4, -8325}, {884517, 1518500250, -4, 39091},
    {-100001, 2147483647, 0, -100001}, {-97, 2147483647, 0, -97}, {-96, 2147483647, 0, -96}, {-33, 2147483647, 0, -33}, {-32, 2147483647, 0, -32}, {-2, 2147483647, 0, -2}, {-1, 2147483647, 0, -1}, {0, 2147483647, 0, 0}, {1, 2147483647, 0, 1}, {2, 2147483647, 0, 2}, {31, 2147483647, 0, 31}, {32, 2147483647, 0, 32}, {33, 2147483647, 0, 33}, {96, 2147483647, 0, 96}, {97, 2147483647, 0, 97}, {100001, 2147483647, 0, 100001}, {507754, 2147483647, 0, 507754}, {1032172, 2147483647, 0, 1032172}, {778036, 2147483647, 0, 778036}, {-221059, 2147483647, 0, -221059},
    {-100001, 2147483647, -8, -391}, {-97, 2147483647, -8, 0}, {-96, 2147483647, -8, 0}, {-33, 2147483647, -8, 0}, {-32, 2147483647, -8, 0}, {-2, 2147483647, -8, 0}, {-1, 2147483647, -8, 0}, {0, 2147483647, -8, 0}, {1, 2147483647, -8, 0}, {2, 2147483647, -8, 0}, {31, 2147483647, -8, 0}, {32, 2147483647, -8, 0}, {33, 2147483647, -8, 0}, {96, 2147483647, -8, 0}, {97, 2147483647, -8, 0}, {100001, 2147483647, -8, 391}, {589770, 2147483647, -8, 2304}, {-679909, 2147483647, -8, -2656}, {819184, 2147483647, -8, 3200}, {40908, 2147483647, -8, 160},
    {-100001, 1073741825, -15, -2}, {-97, 1073741825, -15, 0}, {-96, 1073741825, -15, 0}, {-33, 1073741825, -15, 0}, {-32, 1073741825, -15, 0}, {-2, 1073741825, -15, 0}, {-1, 1073741825, -15, 0}, {0, 1073741825, -15, 0}, {1, 1073741825, -15, 0}, {2, 1073741825, -15, 0}, {31, 1073741825, -15, 0}, {32, 1073741825, -15, 0}, {33, 1073741825, -15, 0}, {96, 1073741825, -15, 0}, {97, 1073741825, -15, 0}, {100001, 1073741825, -15, 2}, {982887, 1073741825, -15, 15}, {-450542, 1073741825, -15, -7}, {-598031, 1073741825, -15, -9}, {-835397, 1073741825, -15, -13},
    {-100001, 1500000000, 3, -558799}, {-97, 1500000000, 3, -542}, {-96, 1500000000, 3, -536}, {-33, 1500000000, 3, -184}, {-32, 1500000000, 3, -179}, {-2, 1500000000, 3, -11}, {-1, 1500000000, 3, -6}, {0, 1500000000, 3, 0}, {1, 1500000000, 3, 6}, {2, 1500000000, 3, 11}, {31, 1500000000, 3, 173}, {32, 1500000000, 3, 179}, {33, 1500000000, 3, 184}, {96, 1500000000, 3, 536}, {97, 1500000000, 3, 542}, {100001, 1500000000, 3, 558799}, {212951, 1500000000, 3, 1189956}, {-573369, 1500000000, 3, -3203949}, {622526, 1500000000, 3, 3478635}, {155723, 1500000000, 3, 870170},
    {-100001, 0, 0, 0}, {-97, 0, 0, 0}, {-96, 0, 0, 0}, {-33, 0, 0, 0}, {-32, 0, 0, 0}, {-2, 0, 0, 0}, {-1, 0, 0, 0}, {0, 0, 0, 0}, {1, 0, 0, 0}, {2, 0, 0, 0}, {31, 0, 0, 0}, {32, 0, 0, 0}, {33, 0, 0, 0}, {96, 0, 0, 0}, {97, 0, 0, 0}, {100001, 0, 0, 0}, {-630793, 0, 0, 0}, {450623, 0, 0, 0}, {-1031950, 0, 0, 0}, {368694, 0, 0, 0},
    {-100001, 1073741824, -31, 0}, {-97, 1073741824, -31, 0}, {-96, 1073741824, -31, 0}, {-33, 1073741824, -31, 0}, {-32, 1073741824, -31, 0}, {-2, 1073741824, -31, 0}, {-1, 1073741824, -31, 0}, {0, 1073741824, -31, 0}, {1, 1073741824, -31, 0}, {2, 1073741824, -31, 0}, {31, 1073741824, -31, 0}, {32, 1073741824, -31, 0}, {33, 1073741824, -31, 0}, {96, 1073741824, -31, 0}, {97, 1073741824, -31, 0}, {100001, 1073741824, -31, 0}, {-376833, 1073741824, -31, 0}, {770002, 1073741824, -31, 0}, {245807, 1073741824, -31, 0}, {-57330, 1073741824, -31, 0},
};

inline constexpr RealFactor kFactors[] = {
    {0x1.0000000000000p+0, {1073741824, 1}},  // 1.0
    {0x1.0000000000000p-1, {1073741824, 0}},  // 0.5
    {0x1.8000000000000p-1, {1610612736, 0}},  // 0.75
    {0x1.ffffffff24190p-1, {1073741824, 1}},  // 0.9999999999
    {0x1.8000000000000p+0, {1610612736, 1}},  // 1.5
    {0x1.fffff79c842fap+1, {2147483111, 2}},  // 3.999999
    {0x1.0624dd2f1a9fcp-10, {1099511628, -9}},  // 0.001
    {0x1.322f2734f82f5p-14, {1284229581, -13}},  // 7.3e-05
    {0x1.0000000000000p-31, {1073741824, -30}},  // 4.656612873077393e-10
    {0x1.0000000000000p-33, {0, 0}},  // 1.1641532182693481e-10
    {0x1.19799812dea11p-40, {0, 0}},  // 1e-12
    {0x0.0p+0, {0, 0}},  // 0.0
    {0x1.e240c9fbe76c9p+16, {2022716031, 17}},  // 123456.789
    {-0x1.3333333333333p-2, {-1288490189, -1}},  // -0.3
    {0x1.0000000000000p+29, {1073741824, 30}},  // 536870912.0
};

inline constexpr std::int8_t kFullyConnectedOut0[] = {
      4, -22, 2, 29, -12,
};
inline constexpr Channel kFullyConnectedChannels0[] = {{-3071, 2035522505, -8}, {1554, 1455303473, -7}, {4699, 1112879127, -7}, {-3700, 1312626662, -7}, {1739, 1604321476, -7}};
inline constexpr std::int8_t kFullyConnectedOut1[] = {
      -20, 58, 46, 84, -20, 5, 39, -20, -20, -20, 86, -20,
};
inline constexpr Channel kFullyConnectedChannels1[] = {{2812, 1371537408, -8}, {4366, 1333788672, -8}, {-1369, 1816133632, -8}, {3885, 1442840576, -8}};
inline constexpr std::int8_t kFullyConnectedOut2[] = {
      -43, -6, -67, -84, 1, 110,
};
inline constexpr Channel kFullyConnectedChannels2[] = {{0, 1980125059, -9}, {-1628, 1553726447, -9}, {814, 1997648289, -9}};
inline constexpr std::int8_t kFullyConnectedOut3[] = {
      127, -87, 127, 127, 127, 127, -128, -128,
};
inline constexpr Channel kFullyConnectedChannels3[] = {{-962, 1715972278, -3}, {-1628, 1288222667, -3}, {4366, 1686129282, -3}, {-111, 1885082589, -3}, {-3552, 1293196499, -3}, {4366, 1870161091, -3}, {-4662, 1240971256, -2}, {2368, 1121599272, -2}};
inline constexpr std::int8_t kFullyConnectedOut4[] = {
      0,
};
inline constexpr Channel kFullyConnectedChannels4[] = {{0, 1329594368, -6}};
inline constexpr std::int8_t kFullyConnectedOut5[] = {
      7, 7, 7, 7,
};
inline constexpr Channel kFullyConnectedChannels5[] = {{-1369, 1515273625, -31}, {-3367, 2031311082, -31}, {2035, 1243181147, -31}, {-4551, 1468361129, -31}};
inline constexpr FullyConnectedCase kFullyConnected[] = {
    {"one batch", kFullyConnectedChannels0, kFullyConnectedOut0, {.batch = 1, .depth = 7, .outputs = 5, .input_offset = -3, .weight_offset = 0, .out = {.zero_point = -4, .lo = -128, .hi = 127}}, 14000U},
    {"three batches, ReLU", kFullyConnectedChannels1, kFullyConnectedOut1, {.batch = 3, .depth = 16, .outputs = 4, .input_offset = 128, .weight_offset = 0, .out = {.zero_point = -20, .lo = -20, .hi = 127}}, 14001U},
    {"weights with a zero point", kFullyConnectedChannels2, kFullyConnectedOut2, {.batch = 2, .depth = 33, .outputs = 3, .input_offset = 9, .weight_offset = -6, .out = {.zero_point = 11, .lo = -128, .hi = 127}}, 14002U},
    {"both ends saturate", kFullyConnectedChannels3, kFullyConnectedOut3, {.batch = 1, .depth = 40, .outputs = 8, .input_offset = -127, .weight_offset = 0, .out = {.zero_point = 0, .lo = -128, .hi = 127}}, 14003U},
    {"one weight, no bias", kFullyConnectedChannels4, kFullyConnectedOut4, {.batch = 1, .depth = 1, .outputs = 1, .input_offset = 0, .weight_offset = 0, .out = {.zero_point = 1, .lo = -128, .hi = 127}}, 14004U},
    {"tiny factors", kFullyConnectedChannels5, kFullyConnectedOut5, {.batch = 1, .depth = 9, .outputs = 4, .input_offset = -5, .weight_offset = 0, .out = {.zero_point = 7, .lo = -128, .hi = 127}}, 14005U},
};

inline constexpr std::int8_t kConv2dOut0[] = {
      -37, -4, 29, 30, -15, -9, 46, -4, -67, -44, -52, -72, 25, 71, 2, -90, -70, 19, -54, -31,
      -32, -117, -42, -32, -15, 57, -41, -85, -38, -22, 29, -128, -72, 48, 8, 55, -128, -128, -21,
      15, -42, 127, 96, 53, -31,
};
inline constexpr Channel kConv2dChannels0[] = {{-3848, 1329594368, -7}, {-4736, 2126512128, -7}, {-1443, 1480589312, -7}, {3626, 1312817152, -7}, {-3811, 1166016512, -7}};
inline constexpr std::int8_t kConv2dOut1[] = {
      -3, 4, 34, -30, -34, -12, 12, 1, 32, 6, -36, 66, -30, 15, -22, 6, 12, 35, -15, -84, -74, 43,
      -8, -41, -54, -88, -31, -92, 14, -86, -16, -35, -5, -24, -18, -65, 17, 12, 52, -55, -42,
      -27, -55, -28, -84, 32, 42, 4, -56, -11, -35, -50, -30, 5, 19, -72, -53, -51, 11, -38,
};
inline constexpr Channel kConv2dChannels1[] = {{-3034, 1257508020, -8}, {-555, 1210054887, -8}, {-1702, 1395912990, -8}};
inline constexpr std::int8_t kConv2dOut2[] = {
      -116, -128, -128, -128, -66, -128, -119, -107, -33, -128, -55, -62, -88, -128, -128, -104,
};
inline constexpr Channel kConv2dChannels2[] = {{-3885, 1257508020, -8}, {-888, 1530363533, -8}};
inline constexpr std::int8_t kConv2dOut3[] = {
      -56, -20, 77, 28, -48, -13, -59, -73, 75, 33, 31, 11, -47, -52, -6, -27, -61, -23, 26, 8,
      27, 8, -56, -99, -32, 17, 25, 4, -16, -23, 1, 12, 2, -28, -54, 51, 30, 23, 77, -44, -3, -50,
      -10, 12, 89, 90, 5, 55, 3, -60, 3, -56, 23, 127, -8, -76, 64, 39, -16, 3, 56, 20, -5, -22,
      8, 14, -60, -23, 21, -7, -74, 4, 78, 53, -24, -50, -31, 15, 33, -24, 27, 1, -5, -10, -32,
      -27, -74, 33, 44, 46, 59, -33, -26, -14, 5, -6, 63, 13, 53, -16, -22, -40, 31, -3, -86, -25,
      -5, -65, 12, -80, -33, -5,
};
inline constexpr Channel kConv2dChannels3[] = {{444, 1535283333, -8}, {-2997, 1738696266, -8}};
inline constexpr std::int8_t kConv2dOut4[] = {
      56, -51, 26, -31, 127, -96, 88, -15, 48, 41, -20, 121, 50, 3, 40, -51, 127, -86, 29, 8, 51,
      -7, -17, -61, -22, -29, -28, 49, -128, -72, 32, -15, -18, 33, 74, -8, 67, -35, -37, -7, -38,
      64, 88, 14, 13, 35, 37, -6, 43, 77, 41, -20, 52, -110, 8, 18, 6, 5, -24, 47, -22, 16, 54,
      -6, 73, 14, -9, -24, 4, -1, 48, 15,
};
inline constexpr Channel kConv2dChannels4[] = {{3885, 1540126498, -8}, {-1591, 1414204205, -8}, {-3996, 1709637276, -8}, {-3515, 1365772555, -8}, {1073, 2063188327, -8}, {-4144, 1215634437, -7}};
inline constexpr std::int8_t kConv2dOut5[] = {
      -3, -3, -3, -3, 1, 57, 14, 100, 12, -3, -3, 6, 18, 44, 17, 16, -3, -3, 5, -3, -3, -3, 17,
      -3, 11, -3, -3, -3, 23, -3, -3, -3, 1, 47, 99, 14, 42, -3, -1, 49, 86, 55, 3, 29, -3, -3,
      -3, -3, -3, -3, 7, -3, -3, -3,
};
inline constexpr Channel kConv2dChannels5[] = {{-407, 1681818627, -8}, {-3330, 1167192738, -7}, {-1517, 1421852972, -8}};
inline constexpr std::int8_t kConv2dOut6[] = {
      -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128,
      -128, -128, -128, 127, -128, -128, -128, 127, -128, -128, -128, 127, -128, -128, 127, 127,
      -128, -128, -128, 127, -128,
};
inline constexpr Channel kConv2dChannels6[] = {{-1295, 1175206492, -2}, {-3700, 1964856281, -3}, {888, 1308668428, -2}, {1258, 1438423088, -2}};
inline constexpr std::int8_t kConv2dOut7[] = {
      -7, 60, -10, -10, -10, -10, 60, 60, -10, -10, -10, 27, -3, -10, 37, -10, -10, -10,
};
inline constexpr Channel kConv2dChannels7[] = {{-2997, 1880330388, -8}, {-4403, 1263439661, -7}};
inline constexpr Conv2dCase kConv2d[] = {
    {"1x1", kConv2dChannels0, kConv2dOut0, {.images = {.batch = 1, .in_h = 3, .in_w = 3, .in_c = 4, .out_h = 3, .out_w = 3, .out_c = 5}, .window = {.kernel_h = 1, .kernel_w = 1, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1, .pad_top = 0, .pad_left = 0}, .input_offset = 11, .groups = 1, .out = {.zero_point = 3, .lo = -128, .hi = 127}}, 6000U},
    {"3x3 same", kConv2dChannels1, kConv2dOut1, {.images = {.batch = 1, .in_h = 5, .in_w = 4, .in_c = 2, .out_h = 5, .out_w = 4, .out_c = 3}, .window = {.kernel_h = 3, .kernel_w = 3, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1, .pad_top = 1, .pad_left = 1}, .input_offset = -17, .groups = 1, .out = {.zero_point = -9, .lo = -128, .hi = 127}}, 6001U},
    {"3x2 stride 2x1 valid", kConv2dChannels2, kConv2dOut2, {.images = {.batch = 1, .in_h = 6, .in_w = 5, .in_c = 3, .out_h = 2, .out_w = 4, .out_c = 2}, .window = {.kernel_h = 3, .kernel_w = 2, .stride_h = 2, .stride_w = 1, .dilation_h = 1, .dilation_w = 1, .pad_top = 0, .pad_left = 0}, .input_offset = 128, .groups = 1, .out = {.zero_point = -128, .lo = -128, .hi = 127}}, 6002U},
    {"dilation 2x3", kConv2dChannels3, kConv2dOut3, {.images = {.batch = 1, .in_h = 7, .in_w = 8, .in_c = 2, .out_h = 7, .out_w = 8, .out_c = 2}, .window = {.kernel_h = 3, .kernel_w = 2, .stride_h = 1, .stride_w = 1, .dilation_h = 2, .dilation_w = 3, .pad_top = 2, .pad_left = 1}, .input_offset = -5, .groups = 1, .out = {.zero_point = 0, .lo = -128, .hi = 127}}, 6003U},
    {"two groups", kConv2dChannels4, kConv2dOut4, {.images = {.batch = 1, .in_h = 4, .in_w = 3, .in_c = 4, .out_h = 4, .out_w = 3, .out_c = 6}, .window = {.kernel_h = 2, .kernel_w = 3, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1, .pad_top = 0, .pad_left = 1}, .input_offset = 1, .groups = 2, .out = {.zero_point = 12, .lo = -128, .hi = 127}}, 6004U},
    {"two batches, 1x5", kConv2dChannels5, kConv2dOut5, {.images = {.batch = 2, .in_h = 1, .in_w = 9, .in_c = 2, .out_h = 1, .out_w = 9, .out_c = 3}, .window = {.kernel_h = 1, .kernel_w = 5, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1, .pad_top = 0, .pad_left = 2}, .input_offset = -9, .groups = 1, .out = {.zero_point = -3, .lo = -3, .hi = 127}}, 6005U},
    {"odd padding, stride 2, saturates", kConv2dChannels6, kConv2dOut6, {.images = {.batch = 1, .in_h = 6, .in_w = 6, .in_c = 1, .out_h = 3, .out_w = 3, .out_c = 4}, .window = {.kernel_h = 4, .kernel_w = 2, .stride_h = 2, .stride_w = 2, .dilation_h = 1, .dilation_w = 1, .pad_top = 1, .pad_left = 0}, .input_offset = 128, .groups = 1, .out = {.zero_point = 5, .lo = -128, .hi = 127}}, 6006U},
    {"stride beyond the window, ReLU6", kConv2dChannels7, kConv2dOut7, {.images = {.batch = 1, .in_h = 7, .in_w = 7, .in_c = 2, .out_h = 3, .out_w = 3, .out_c = 2}, .window = {.kernel_h = 2, .kernel_w = 2, .stride_h = 3, .stride_w = 3, .dilation_h = 1, .dilation_w = 1, .pad_top = 0, .pad_left = 0}, .input_offset = 0, .groups = 1, .out = {.zero_point = -10, .lo = -10, .hi = 60}}, 6007U},
};

inline constexpr std::int8_t kDepthwiseConv2dOut0[] = {
      -19, -62, 37, -14, -15, -40, -4, -20, 17, -61, -22, -23, -30, -14, 29, 89, 35, 22, -63, 23,
      -118, -31, -40, 127, -8, -8, 66, -75, 11, 15, -31, 37, 34, 28, -11, 58, 40, 13, 74, -17, 15,
      20, -26, 35, 24, -29, -41, -20, -11, -22, 29, 37, 5, 69, 26, -24, -99, 31, -13, 63,
};
inline constexpr Channel kDepthwiseConv2dChannels0[] = {{-1295, 1772792491, -8}, {-3700, 1481987413, -8}, {888, 1974119083, -8}};
inline constexpr std::int8_t kDepthwiseConv2dOut1[] = {
      -30, -30, 26, 49, -30, -30, -30, -30, -6, -30, -22, -30, -30, -30, -30, -18, 10, -18, -30,
      -30, 3, -7, 10, -27, -30, -22, -30, 17, -30, -30, -30, -30, -18, -30, -30, -30, -30, -30,
      37, -30, -19, -30, 47, 2, -30, 35, -24, -30, 14, -30, -10, -30, -25, -30,
};
inline constexpr Channel kDepthwiseConv2dChannels1[] = {{1295, 1772792491, -8}, {-2627, 1560281088, -8}, {3182, 1974119083, -8}, {-1147, 1294641835, -7}, {-555, 1627389952, -8}, {-4662, 1146443093, -7}};
inline constexpr std::int8_t kDepthwiseConv2dOut2[] = {
      69, -64, 54, 20, -1, 44, 58, 39, 127, -7, 63, -116, -40, -29, 63, 99, 55, -32, 54, -53,
};
inline constexpr Channel kDepthwiseConv2dChannels2[] = {{-4699, 1085609255, -7}, {4366, 1136978779, -7}};
inline constexpr std::int8_t kDepthwiseConv2dOut3[] = {
      -128, -128, 127, 127, -128, 127, -101, -128, -128, 127, -128, -128, -128, -128, -128, 127,
      -128, 127, 127, -128, -128, -128, 127, 127, -128, 127, 127, 127, -128, 127, -128, -128,
      -128, 127, 127, 127, -128, 127, 127, -128, -128, 127, 127, 127, -128, 127, 127, -128, -128,
      -128, 127, 127, -128, 127, 127, -128, -128, 127, -128, 127, -128, -128, 127, -128,
};
inline constexpr Channel kDepthwiseConv2dChannels3[] = {{-4699, 2077491200, -2}, {4366, 1087897600, -1}, {962, 1438515200, -1}, {4440, 1500774400, -1}};
inline constexpr DepthwiseConv2dCase kDepthwiseConv2d[] = {
    {"3x3 same", kDepthwiseConv2dChannels0, kDepthwiseConv2dOut0, {.images = {.batch = 1, .in_h = 5, .in_w = 4, .in_c = 3, .out_h = 5, .out_w = 4, .out_c = 3}, .window = {.kernel_h = 3, .kernel_w = 3, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1, .pad_top = 1, .pad_left = 1}, .input_offset = 7, .multiplier = 1, .out = {.zero_point = 2, .lo = -128, .hi = 127}}, 15000U},
    {"multiplier 3, stride 2", kDepthwiseConv2dChannels1, kDepthwiseConv2dOut1, {.images = {.batch = 1, .in_h = 6, .in_w = 5, .in_c = 2, .out_h = 3, .out_w = 3, .out_c = 6}, .window = {.kernel_h = 3, .kernel_w = 3, .stride_h = 2, .stride_w = 2, .dilation_h = 1, .dilation_w = 1, .pad_top = 0, .pad_left = 1}, .input_offset = -19, .multiplier = 3, .out = {.zero_point = -30, .lo = -30, .hi = 127}}, 15001U},
    {"dilation 2, valid", kDepthwiseConv2dChannels2, kDepthwiseConv2dOut2, {.images = {.batch = 1, .in_h = 7, .in_w = 6, .in_c = 2, .out_h = 5, .out_w = 2, .out_c = 2}, .window = {.kernel_h = 2, .kernel_w = 3, .stride_h = 1, .stride_w = 1, .dilation_h = 2, .dilation_w = 2, .pad_top = 0, .pad_left = 0}, .input_offset = 128, .multiplier = 1, .out = {.zero_point = 0, .lo = -128, .hi = 127}}, 15002U},
    {"two batches, 1x4, saturates", kDepthwiseConv2dChannels3, kDepthwiseConv2dOut3, {.images = {.batch = 2, .in_h = 1, .in_w = 8, .in_c = 2, .out_h = 1, .out_w = 8, .out_c = 4}, .window = {.kernel_h = 1, .kernel_w = 4, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1, .pad_top = 0, .pad_left = 1}, .input_offset = -44, .multiplier = 2, .out = {.zero_point = -1, .lo = -128, .hi = 127}}, 15003U},
};

inline constexpr std::int8_t kAveragePool2dOut0[] = {
      29, 6, 0, 0, 13, -31, 15, 44, -3, -33, 4, 8, -11, 21, -7, 23, 20, 15,
};
inline constexpr std::int8_t kAveragePool2dOut1[] = {
      -1, 56, -5, 41, 1, 31, -24, -11, 5, 64, -4, 55, -22, 38, -40, 11, 11, 28, 7, 37, 4, 34, -7,
      29, -4, -18, 1, -6, 1, 7, 7, 19, -15, -66, 2, -52, 35, -15, 47, 1,
};
inline constexpr std::int8_t kAveragePool2dOut2[] = {
      -20, 35, 20, 2, 25, -20, -20, 35, 3, 3, -20, -20, -20, 13, 15, -1, 31, 28, -20, 35, -20,
      -10, -20, -20, -11, -20, -20, -20, -20, 10, -20, -20, 10, 6, 21, 35,
};
inline constexpr std::int8_t kAveragePool2dOut3[] = {
      6, -21, -8, 13,
};
inline constexpr std::int8_t kAveragePool2dOut4[] = {
      -58, 74, 68,
};
inline constexpr Pool2dCase kAveragePool2d[] = {
    {"2x2 stride 2", kAveragePool2dOut0, {.images = {.batch = 1, .in_h = 4, .in_w = 6, .in_c = 3, .out_h = 2, .out_w = 3, .out_c = 3}, .window = {.kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2, .dilation_h = 1, .dilation_w = 1, .pad_top = 0, .pad_left = 0}, .out = {.zero_point = 0, .lo = -128, .hi = 127}}, 13000U},
    {"3x3 same", kAveragePool2dOut1, {.images = {.batch = 1, .in_h = 5, .in_w = 4, .in_c = 2, .out_h = 5, .out_w = 4, .out_c = 2}, .window = {.kernel_h = 3, .kernel_w = 3, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1, .pad_top = 1, .pad_left = 1}, .out = {.zero_point = 0, .lo = -128, .hi = 127}}, 13001U},
    {"3x2 stride 2x3 same, clamped, two batches", kAveragePool2dOut2, {.images = {.batch = 2, .in_h = 5, .in_w = 7, .in_c = 2, .out_h = 3, .out_w = 3, .out_c = 2}, .window = {.kernel_h = 3, .kernel_w = 2, .stride_h = 2, .stride_w = 3, .dilation_h = 1, .dilation_w = 1, .pad_top = 1, .pad_left = 0}, .out = {.zero_point = 0, .lo = -20, .hi = 35}}, 13002U},
    {"global", kAveragePool2dOut3, {.images = {.batch = 1, .in_h = 5, .in_w = 3, .in_c = 4, .out_h = 1, .out_w = 1, .out_c = 4}, .window = {.kernel_h = 5, .kernel_w = 3, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1, .pad_top = 0, .pad_left = 0}, .out = {.zero_point = 0, .lo = -128, .hi = 127}}, 13003U},
    {"one cell", kAveragePool2dOut4, {.images = {.batch = 1, .in_h = 1, .in_w = 1, .in_c = 3, .out_h = 1, .out_w = 1, .out_c = 3}, .window = {.kernel_h = 1, .kernel_w = 1, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1, .pad_top = 0, .pad_left = 0}, .out = {.zero_point = 0, .lo = -128, .hi = 127}}, 13004U},
};

inline constexpr std::int8_t kMaxPool2dOut0[] = {
      80, 43, 33, 45, 16, 113, 104, -37, 114, 70, 108, 127, 91, 127, 116, 24, 91, 4,
};
inline constexpr std::int8_t kMaxPool2dOut1[] = {
      96, 90, 96, 90, 96, 110, -41, 110, 112, 90, 127, 90, 127, 110, 127, 110, 112, 59, 127, 59,
      127, 86, 127, 86, 112, 14, 127, 16, 127, 52, 127, 52, 65, 3, 112, 15, 112, 15, 112, 15,
};
inline constexpr std::int8_t kMaxPool2dOut2[] = {
      35, 35, 35, 35, -20, 35, 35, -18, 35, 35, -20, 35, 35, -18, 35, 35, -20, 35, 35, 11, 35, 35,
      35, 35, 35, 35, 35, 8, 35, 35, 35, 35, 35, 35, -20, -1,
};
inline constexpr std::int8_t kMaxPool2dOut3[] = {
      124, 126, 120, 109,
};
inline constexpr std::int8_t kMaxPool2dOut4[] = {
      57, 121, 110,
};
inline constexpr Pool2dCase kMaxPool2d[] = {
    {"2x2 stride 2", kMaxPool2dOut0, {.images = {.batch = 1, .in_h = 4, .in_w = 6, .in_c = 3, .out_h = 2, .out_w = 3, .out_c = 3}, .window = {.kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2, .dilation_h = 1, .dilation_w = 1, .pad_top = 0, .pad_left = 0}, .out = {.zero_point = 0, .lo = -128, .hi = 127}}, 9000U},
    {"3x3 same", kMaxPool2dOut1, {.images = {.batch = 1, .in_h = 5, .in_w = 4, .in_c = 2, .out_h = 5, .out_w = 4, .out_c = 2}, .window = {.kernel_h = 3, .kernel_w = 3, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1, .pad_top = 1, .pad_left = 1}, .out = {.zero_point = 0, .lo = -128, .hi = 127}}, 9001U},
    {"3x2 stride 2x3 same, clamped, two batches", kMaxPool2dOut2, {.images = {.batch = 2, .in_h = 5, .in_w = 7, .in_c = 2, .out_h = 3, .out_w = 3, .out_c = 2}, .window = {.kernel_h = 3, .kernel_w = 2, .stride_h = 2, .stride_w = 3, .dilation_h = 1, .dilation_w = 1, .pad_top = 1, .pad_left = 0}, .out = {.zero_point = 0, .lo = -20, .hi = 35}}, 9002U},
    {"global", kMaxPool2dOut3, {.images = {.batch = 1, .in_h = 5, .in_w = 3, .in_c = 4, .out_h = 1, .out_w = 1, .out_c = 4}, .window = {.kernel_h = 5, .kernel_w = 3, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1, .pad_top = 0, .pad_left = 0}, .out = {.zero_point = 0, .lo = -128, .hi = 127}}, 9003U},
    {"one cell", kMaxPool2dOut4, {.images = {.batch = 1, .in_h = 1, .in_w = 1, .in_c = 3, .out_h = 1, .out_w = 1, .out_c = 3}, .window = {.kernel_h = 1, .kernel_w = 1, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1, .pad_top = 0, .pad_left = 0}, .out = {.zero_point = 0, .lo = -128, .hi = 127}}, 9004U},
};

inline constexpr std::int8_t kSoftmaxOut0[] = {
      127, 127, 127,
};
inline constexpr std::int16_t kSoftmaxFine0[] = {
      32767, 32767, 32767,
};
inline constexpr std::int8_t kSoftmaxOut1[] = {
      -114, 114, -128, 127, 127, -128, -120, 120,
};
inline constexpr std::int16_t kSoftmaxFine1[] = {
      -29184, 29184, -32711, 32711, 32737, -32737, -30651, 30652,
};
inline constexpr std::int8_t kSoftmaxOut2[] = {
      -125, -107, 15, -46, -120, 11, -92, -120, -127, -56, -126, -27, -105, -54, -72,
};
inline constexpr std::int16_t kSoftmaxFine2[] = {
      -31960, -27516, 3856, -11881, -30803, 2828, -23606, -30719, -32524, -14282, -32187, -7031,
      -26875, -13781, -18430,
};
inline constexpr std::int8_t kSoftmaxOut3[] = {
      -128, -126, -127, -100, -128, -126, -128, -128, -127, -102, -126, -128, -128, -123, -5,
      -128, -128, -128, -127, -128, -128, -107, -128, -127, -128, -128, -128, -124, -123, -127,
      -123, -126, -128, -104, -127, -128, -128, -128, -128, -128, -128, -127, -117, -128, -128,
      -128, -127, -128, -128, -83, -97, -128, -128, -128, -128, -128, -128, -125, -128, -128,
      -125, -128, -128, -128, -124, -97, -128, -126, -128, -120, -128, -83, -126, -62,
};
inline constexpr std::int16_t kSoftmaxFine3[] = {
      -32766, -32134, -32579, -25643, -32768, -32360, -32768, -32763, -32616, -26024, -32360,
      -32705, -32653, -31473, -1309, -32752, -32761, -32754, -32505, -32767, -32764, -27356,
      -32768, -32632, -32702, -32768, -32752, -31670, -31473, -32402, -31473, -32134, -32766,
      -26726, -32505, -32762, -32768, -32754, -32698, -32768, -32768, -32581, -29996, -32768,
      -32744, -32768, -32444, -32762, -32747, -21186, -24887, -32666, -32768, -32695, -32768,
      -32767, -32767, -32028, -32767, -32768, -31895, -32768, -32768, -32768, -31680, -24887,
      -32768, -32236, -32766, -30663, -32749, -21186, -32140, -15746,
};
inline constexpr std::int8_t kSoftmaxOut4[] = {
      -128, -128, -128, 127, -128, -128, -128, -128, -128, 127, -128, -128,
};
inline constexpr std::int16_t kSoftmaxFine4[] = {
      -32768, -32768, -32768, 32767, -32768, -32768, -32768, -32768, -32768, 32767, -32768,
      -32768,
};
inline constexpr std::int8_t kSoftmaxOut5[] = {
      -106, -104, -104, -104, -105, -106, -104, -106, -105, -104, -105, -104, -105, -105, -105,
      -105, -105, -105, -106, -104, -105, -104,
};
inline constexpr std::int16_t kSoftmaxFine5[] = {
      -27020, -26668, -26601, -26626, -26935, -27098, -26599, -27080, -26829, -26601, -26855,
      -26647, -26875, -26802, -26934, -26973, -26783, -26917, -27054, -26571, -26756, -26600,
};
inline constexpr SoftmaxCase kSoftmax[] = {
    {"one element", kSoftmaxOut0, kSoftmaxFine0, {.rows = 3, .depth = 1, .multiplier = 1717986918, .left_shift = 23, .diff_min = -248}, 1U},
    {"two", kSoftmaxOut1, kSoftmaxFine1, {.rows = 4, .depth = 2, .multiplier = 1717986918, .left_shift = 22, .diff_min = -255}, 2U},
    {"rows of five", kSoftmaxOut2, kSoftmaxFine2, {.rows = 3, .depth = 5, .multiplier = 1608035756, .left_shift = 21, .diff_min = -255}, 3U},
    {"wide, beta 0.5", kSoftmaxOut3, kSoftmaxFine3, {.rows = 2, .depth = 37, .multiplier = 1889785610, .left_shift = 22, .diff_min = -255}, 4U},
    {"large scale: all or nothing", kSoftmaxOut4, kSoftmaxFine4, {.rows = 2, .depth = 6, .multiplier = 1986422374, .left_shift = 28, .diff_min = -7}, 5U},
    {"small scale: nearly equal", kSoftmaxOut5, kSoftmaxFine5, {.rows = 2, .depth = 11, .multiplier = 1759218604, .left_shift = 15, .diff_min = -255}, 6U},
};

inline constexpr std::int8_t kAddOut0[] = {
      -128, 33, -18, 127, 30, -13, -33, 46, 103, -105, -106, 21, -38, -34, -1, -38, -16, 9, 55,
      -23, -16, -66, 26, -51, -92, -36, 66, -122, 64, -61, 111, -34, 54, -41, -63, -73, -95,
};
inline constexpr std::int8_t kAddOut1[] = {
      -30, -30, -30, 55, -30, -30, 17, -30, -30, -30, -30, -30, -20, -30, -30, -30, -8, -30, -30,
      -30, -30, -30, -30, -30,
};
inline constexpr std::int8_t kAddOut2[] = {
      -128, 127, -128, 127, 127, 127, 127, 37, -128, 127, -128, 127, 127, 127, -128, -128, 127,
      127, 127, -128, -128, -128, -128, 127, 127, -128, 127, -128, -128, -128, -128, -128, -128,
      127, -128, 127, 19, -128, -128, 127,
};
inline constexpr std::int8_t kAddOut3[] = {
      -40, -40, 50, 50, -40, -40, 50, -36, -30, 4, 25, 50, 50, 50, 50, 17, -40, 38, 50, 50, -40,
};
inline constexpr Case<AddS8> kAdd[] = {
    {"ordinary", kAddOut0, {.elements = 37, .left_shift = 20, .input_factor = {.multiplier = 1533916908, .shift = -1}, .other_factor = {.multiplier = 1073741824, .shift = 0}, .output_factor = {.multiplier = 1503238538, .shift = -19}, .input_offset = -3, .other_offset = 20, .out = {.zero_point = -4, .lo = -128, .hi = 127}}, 6000U},
    {"extreme zero points, ReLU", kAddOut1, {.elements = 24, .left_shift = 20, .input_factor = {.multiplier = 1073741824, .shift = 0}, .other_factor = {.multiplier = 1288490141, .shift = -2}, .output_factor = {.multiplier = 1193046441, .shift = -18}, .input_offset = -127, .other_offset = 128, .out = {.zero_point = -30, .lo = -30, .hi = 127}}, 6001U},
    {"both ends saturate", kAddOut2, {.elements = 40, .left_shift = 20, .input_factor = {.multiplier = 1431655730, .shift = -1}, .other_factor = {.multiplier = 1073741824, .shift = 0}, .output_factor = {.multiplier = 1830241828, .shift = -13}, .input_offset = 0, .other_offset = -5, .out = {.zero_point = 1, .lo = -128, .hi = 127}}, 6002U},
    {"scales far apart, clamped", kAddOut3, {.elements = 21, .left_shift = 20, .input_factor = {.multiplier = 1073741824, .shift = 0}, .other_factor = {.multiplier = 1099511584, .shift = -11}, .output_factor = {.multiplier = 1227133552, .shift = -18}, .input_offset = 9, .other_offset = -7, .out = {.zero_point = 11, .lo = -40, .hi = 50}}, 6003U},
};

inline constexpr std::int8_t kSubOut0[] = {
      6, -128, 127, -45, -123, 101, 38, -43, -38, 35, 5, -4, 99, 97, 109, -79, 39, -17, 33, -32,
      -112, 58, 38, 40, 55, -71, 38, -1, -57, -77, -3, 88, -128, 89, -16, -36, -31,
};
inline constexpr std::int8_t kSubOut1[] = {
      127, 25, 127, 42, 127, 127, 127, 66, 127, 127, 127, 127, 72, 127, 127, 105, 50, 127, 127,
      111, 127, 97, 127, 89,
};
inline constexpr std::int8_t kSubOut2[] = {
      -16,
};
inline constexpr Case<AddS8> kSub[] = {
    {"ordinary", kSubOut0, {.elements = 37, .left_shift = 20, .input_factor = {.multiplier = 1533916928, .shift = -1}, .other_factor = {.multiplier = 1073741824, .shift = 0}, .output_factor = {.multiplier = 1503238528, .shift = -19}, .input_offset = -3, .other_offset = 20, .out = {.zero_point = -4, .lo = -128, .hi = 127}}, 6000U},
    {"extreme zero points", kSubOut1, {.elements = 24, .left_shift = 20, .input_factor = {.multiplier = 1488921984, .shift = -5}, .other_factor = {.multiplier = 1073741824, .shift = 0}, .output_factor = {.multiplier = 1610612736, .shift = -18}, .input_offset = 128, .other_offset = -127, .out = {.zero_point = 25, .lo = -128, .hi = 127}}, 6001U},
    {"one element", kSubOut2, {.elements = 1, .left_shift = 20, .input_factor = {.multiplier = 1073741824, .shift = 0}, .other_factor = {.multiplier = 1073741824, .shift = 0}, .output_factor = {.multiplier = 1073741824, .shift = -19}, .input_offset = -1, .other_offset = -1, .out = {.zero_point = 0, .lo = -128, .hi = 127}}, 6002U},
};

inline constexpr std::int8_t kMulOut0[] = {
      127, -128, -128, 127, -128, -128, -118, 119, 127, 127, 127, 75, -128, -128, -128, -128,
      -128, -4, 127, -53, -128, -4, -105, 30, 127, -128, 127, 127, 127, -128, 127, -128, -128,
      -128, 127, 127, 127,
};
inline constexpr std::int8_t kMulOut1[] = {
      9, -121, 9, 9, 2, -21, 9, -53, -10, -20, -24, 5, -19, 9, -50, -38, -18, -37, -61, -71, -1,
      -89, -21, -38,
};
inline constexpr std::int8_t kMulOut2[] = {
      127, -128, -128, 127, 127, 127, -128, -128, 127, 127, 127, 127, 127, 127, -128, 127, 127,
      -128, -128, -128, -128, -128, 127, -128, 127, -128, -128, -128, 127, -1, -128, -128, 127,
};
inline constexpr std::int8_t kMulOut3[] = {
      -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10, -10,
};
inline constexpr Case<MulS8> kMul[] = {
    {"ordinary", kMulOut0, {.elements = 37, .factor = {.multiplier = 1503238616, .shift = -2}, .input_offset = -3, .other_offset = 20, .out = {.zero_point = -4, .lo = -128, .hi = 127}}, 6000U},
    {"extreme zero points", kMulOut1, {.elements = 24, .factor = {.multiplier = 1099511535, .shift = -8}, .input_offset = -127, .other_offset = 128, .out = {.zero_point = 9, .lo = -128, .hi = 127}}, 6001U},
    {"factor above one: saturates", kMulOut2, {.elements = 33, .factor = {.multiplier = 1570347295, .shift = 4}, .input_offset = 0, .other_offset = -5, .out = {.zero_point = -1, .lo = -128, .hi = 127}}, 6002U},
    {"tiny factor, ReLU6", kMulOut3, {.elements = 12, .factor = {.multiplier = 1125900014, .shift = -17}, .input_offset = 0, .other_offset = 0, .out = {.zero_point = -10, .lo = -10, .hi = 60}}, 6003U},
};

inline constexpr std::int8_t kAddBroadcastOut0[] = {
      -107, 9, 6, -22, -42, -104, 17, -16, -23, 29, -14, 55, 45, -14, 34, -11, -37, 32, -2, 32,
      -47, -21, 65, 46, -22, -72, 27, 6, -34, -16,
};
inline constexpr std::int8_t kAddBroadcastOut1[] = {
      -42, 2, 41, 66, -62, -18, -128, -110, 70, 114, 58, 83, 14, 24, 50, 46, -7, 4, -126, -128,
      125, 127, 67, 64, 7, 9, 73, 97, -13, -11, -103, -79, 119, 121, 90, 115, 5, 49, -29, -4, -13,
      31, -128, -104, 45, 89, -43, -18, 60, 71, -20, -24, 42, 53, -120, -124, 100, 111, -34, -38,
      54, 56, 3, 27, 36, 38, -98, -73, 94, 96, -12, 13, -7, -35, 126, 76, -27, -55, -50, -100,
      105, 77, 127, 93, -23, -12, 102, 95, -43, -32, -74, -81, 89, 100, 119, 113, -28, 23, 79,
      114, -48, 3, -97, -62, 84, 127, 96, 127, 40, 12, 56, 6, 22, -6, -45, -95, 80, 52, 41, -9,
      24, 35, 32, 25, 6, 17, -69, -75, 64, 75, 17, 11, 19, 70, 9, 44, 0, 51, -91, -56, 59, 110,
      -5, 30,
};
inline constexpr Case<AddBroadcastS8> kAddBroadcast[] = {
    {"a channel each", kAddBroadcastOut0, {.op = {.elements = 30, .left_shift = 20, .input_factor = {.multiplier = 1533916908, .shift = -1}, .other_factor = {.multiplier = 1073741824, .shift = 0}, .output_factor = {.multiplier = 1503238538, .shift = -19}, .input_offset = -3, .other_offset = 20, .out = {.zero_point = -4, .lo = -128, .hi = 127}}, .walk = {.extent = {1, 1, 1, 2, 3, 5}, .input_step = {0, 0, 0, 15, 5, 1}, .other_step = {0, 0, 0, 0, 0, 1}}}, 36000U},
    {"six dims, both repeat", kAddBroadcastOut1, {.op = {.elements = 144, .left_shift = 20, .input_factor = {.multiplier = 1717986854, .shift = -2}, .other_factor = {.multiplier = 1073741824, .shift = 0}, .output_factor = {.multiplier = 1789569773, .shift = -19}, .input_offset = 7, .other_offset = -9, .out = {.zero_point = 2, .lo = -128, .hi = 127}}, .walk = {.extent = {2, 2, 3, 3, 2, 2}, .input_step = {12, 0, 4, 0, 2, 1}, .other_step = {0, 6, 0, 2, 1, 0}}}, 36001U},
};

inline constexpr std::int8_t kSubBroadcastOut0[] = {
      -63, 2, -43, -53, -66, -60, 12, -70, -54, 20, 49, 57,
};
inline constexpr std::int8_t kSubBroadcastOut1[] = {
      -81, 63, 3, -107, -128, 42, 50, -92, -97, -13, -72, -58,
};
inline constexpr std::int8_t kSubBroadcastOut2[] = {
      -39, 23, 12, 32, 94, 83, 32, 94, 83, -101, -39, -51, -37, 25, 13, -25, -7, 14, 47, 64, 85,
      47, 64, 85, -87, -69, -48, -23, -5, 16, -3, 42, -31, 68, 113, 41, 68, 113, 41, -66, -21,
      -93, -2, 43, -29, 28, 26, -23, 99, 97, 48, 99, 97, 48, -35, -36, -85, 29, 28, -21,
};
inline constexpr Case<AddBroadcastS8> kSubBroadcast[] = {
    {"one from all", kSubBroadcastOut0, {.op = {.elements = 12, .left_shift = 20, .input_factor = {.multiplier = 1610612736, .shift = -1}, .other_factor = {.multiplier = 1073741824, .shift = 0}, .output_factor = {.multiplier = 1717986816, .shift = -19}, .input_offset = 0, .other_offset = -11, .out = {.zero_point = 0, .lo = -128, .hi = 127}}, .walk = {.extent = {1, 1, 1, 1, 3, 4}, .input_step = {0, 0, 0, 0, 4, 1}, .other_step = {0, 0, 0, 0, 0, 0}}}, 36000U},
    {"all from one", kSubBroadcastOut1, {.op = {.elements = 12, .left_shift = 20, .input_factor = {.multiplier = 1610612736, .shift = -1}, .other_factor = {.multiplier = 1073741824, .shift = 0}, .output_factor = {.multiplier = 1717986816, .shift = -19}, .input_offset = 0, .other_offset = -11, .out = {.zero_point = 0, .lo = -128, .hi = 127}}, .walk = {.extent = {1, 1, 1, 1, 3, 4}, .input_step = {0, 0, 0, 0, 0, 0}, .other_step = {0, 0, 0, 0, 4, 1}}}, 36001U},
    {"rows from columns", kSubBroadcastOut2, {.op = {.elements = 60, .left_shift = 20, .input_factor = {.multiplier = 1073741824, .shift = -1}, .other_factor = {.multiplier = 1073741824, .shift = 0}, .output_factor = {.multiplier = 1717986816, .shift = -19}, .input_offset = 9, .other_offset = -1, .out = {.zero_point = 3, .lo = -128, .hi = 127}}, .walk = {.extent = {1, 1, 1, 4, 5, 3}, .input_step = {0, 0, 0, 3, 0, 1}, .other_step = {0, 0, 0, 0, 1, 0}}}, 36002U},
};

inline constexpr std::int8_t kMulBroadcastOut0[] = {
      -38, 20, -30, -56, -40, -48, 31, -81, -30, 39, 72, 109, 16, -30, 46, 102, -29, 4, -14, 58,
      21, -19, 47, 66, -31, -2, 50, -40, -62, -11, -82, -17, 22, 2, -8, 20, -42, -26, -85, -68,
      -41, 22, 28, -46, 25, -41, 42, 5,
};
inline constexpr std::int8_t kMulBroadcastOut1[] = {
      -62, 30, -128, -128, 127, -107, 127, 127, -128, 127, -128, -128, 53, 76, -128, -128, -128,
      -128, 127, 127, 127, 127, -128, -128, 40, 44, -128, 127, -128, -128, 127, -128, 127, 127,
      -128, 127, -128, 127, -128, -128, -128, 127, 127, 127, -128, 127, -128, -128, 127, 127,
      -128, -128, 127, 127, 127, 127, 127, 127, -128, -128, 127, 127, -128, 127, 127, 127, 127,
      -128, 127, 127, -101, 98, 11, -47, 127, -128, -48, 126, -128, 127, 127, -128, 127, -128,
      -22, 0, 127, 127, 51, -17, -128, -128, -128, 94, 127, 127, -34, 73, -128, 127, 86, -128,
      127, -128, -128, 127, -128, 127, 127, -128, 127, -128, 94, -128, -128, 127, 127, -128, 127,
      -77, -128, 39, 127, 127, -125, 24, -128, -128, -128, 73, 127, 82, -128, 127, -83, 127, -128,
      127, 127, -128, -128, 127, -50, 127,
};
inline constexpr Case<MulBroadcastS8> kMulBroadcast[] = {
    {"a gate for each channel", kMulBroadcastOut0, {.op = {.elements = 48, .factor = {.multiplier = 1073741824, .shift = -7}, .input_offset = -3, .other_offset = 128, .out = {.zero_point = 3, .lo = -128, .hi = 127}}, .walk = {.extent = {1, 1, 2, 2, 3, 4}, .input_step = {0, 0, 24, 12, 4, 1}, .other_step = {0, 0, 4, 0, 0, 1}}}, 36000U},
    {"six dims, both repeat", kMulBroadcastOut1, {.op = {.elements = 144, .factor = {.multiplier = 2004318155, .shift = -3}, .input_offset = -3, .other_offset = 20, .out = {.zero_point = -4, .lo = -128, .hi = 127}}, .walk = {.extent = {2, 2, 3, 3, 2, 2}, .input_step = {12, 0, 4, 0, 2, 1}, .other_step = {0, 6, 0, 2, 1, 0}}}, 36001U},
};

inline constexpr std::int8_t kMeanOut0[] = {
      57, -31, 4,
};
inline constexpr std::int8_t kMeanOut1[] = {
      6, -36, 27, 52, 9, -1, -18,
};
inline constexpr std::int8_t kMeanOut2[] = {
      37, -57, -103, 40, 0, 68, -43, -92, -37, -18, 4, -42,
};
inline constexpr std::int8_t kMeanOut3[] = {
      40, -7, 13, -40, -13, -4, 0, 14,
};
inline constexpr std::int8_t kMeanOut4[] = {
      -128, -128,
};
inline constexpr std::int8_t kMeanOut5[] = {
      -96, -97, -97, -97, -98, -96, -97, -98, -96, -97, -97, -96,
};
inline constexpr Case<MeanS8> kMean[] = {
    {"global, three channels", kMeanOut0, {.outer = 1, .count = 20, .inner = 3, .factor = {.multiplier = 1073741864, .shift = -3}, .input_offset = 3, .out = {.zero_point = 5, .lo = -128, .hi = 127}}, 4000U},
    {"last axis", kMeanOut1, {.outer = 7, .count = 11, .inner = 1, .factor = {.multiplier = 780903144, .shift = -2}, .input_offset = -127, .out = {.zero_point = 127, .lo = -128, .hi = 127}}, 4001U},
    {"one element", kMeanOut2, {.outer = 2, .count = 1, .inner = 6, .factor = {.multiplier = 1533916908, .shift = 0}, .input_offset = -9, .out = {.zero_point = -9, .lo = -128, .hi = 127}}, 4002U},
    {"a power of two", kMeanOut3, {.outer = 2, .count = 16, .inner = 4, .factor = {.multiplier = 1073741824, .shift = -3}, .input_offset = 0, .out = {.zero_point = 0, .lo = -128, .hi = 127}}, 4003U},
    {"many, saturates", kMeanOut4, {.outer = 1, .count = 317, .inner = 2, .factor = {.multiplier = 1219391341, .shift = -1}, .input_offset = -20, .out = {.zero_point = 0, .lo = -128, .hi = 127}}, 4004U},
    {"output finer than sums, clamped", kMeanOut5, {.outer = 3, .count = 5, .inner = 4, .factor = {.multiplier = 1221679591, .shift = -7}, .input_offset = 128, .out = {.zero_point = -100, .lo = -99, .hi = 90}}, 4005U},
};

inline constexpr std::int8_t kCopyOut0[] = {
      -84,
};
inline constexpr std::int8_t kCopyOut1[] = {
      -84, 108, 96, 99, 117, -5, -117, -46, 101, 73, 23, 108, -31, 97, 94,
};
inline constexpr std::int8_t kCopyOut2[] = {
      -84, -79, 95, -71, -68, -10, -28, 35, 102, -43, 9, -72, 58, -127, -104, -97, 81, 117, -103,
      115, -41, -76, 92, -89, -116, -78, 72, -78, -42, -95, -43, 86, 103, -81, 39, 50, 122, 82,
      96, 41, -76, -17, -68, 69, -46, -86, 113, 95, 82, -15, 108, -126, 5, -8, 112, 52, 79, -55,
      13, -5, 43, -127, -41, -78, 109, 85, -85, 38, 112, 7, -73, -64,
};
inline constexpr std::int8_t kCopyOut3[] = {
      112, -37, -45, -29, 89, 84, 73, 90, 28, 127, 82, -89, 54, -21, -22, 92, -84, -111,
};
inline constexpr std::int8_t kCopyOut4[] = {
      -22, 75, 82, 45, -43, 51, 54, -63, 73, 60, 41, 73, 101, -31, -86, 83, 71, 13,
};
inline constexpr std::int8_t kCopyOut5[] = {
      85, 85, 85, 85, 85, -84, -64, 72, 111, -116, 106, 47, 124, 85, 85, 85, 85, 85, 85, 85, 85,
      85, 85, 85, 85, 32, -100, 49, -72, 77, 59, 72, -46, 85, 85, 85, 85, 85, 85, 85, 85, 85, 85,
      85, 85, -66, -29, 76, 123, -22, 0, 106, -89, 85, 85, 85, 85, 85, 85, 85,
};
inline constexpr std::int8_t kCopyOut6[] = {
      85, 120, 54, 41, -99, 102, -94, -85, 71, 47, -126, 73, -27, -25, -104, -71, 52, 120, -74,
      23, 19, -26, 54, 122, -66, 104, 30, -100, 25, 85, 85,
};
inline constexpr std::int8_t kCopyOut7[] = {
      -83, -83, -83, -83, -83, -83, -83, -83, -83, -83, -83, -83,
};
inline constexpr std::int8_t kCopyOut8[] = {
      85, 85, 85, 86, -117, -116, -88, 122, 59, -89, -56, -114, -58, 60, 22, -9, 56, 52, -17, 49,
      36, -3, -80, 108, -34, 112, 90, -23, -97, -78, 34, -112, 95, 35, -80, -118, 64, -43, 65,
      -27, -46, 23, -40, 126, -100, 18, 51, -73, -102, -126, 73, -57, -85, 0, 99, -105, 33, 126,
      44, -124, -26, -40, 73, 116, -25, -109, 72, 21, -64, 75, 1, 62, -41, 78, -67, -63, 96, 100,
      -81, 29, -11, -25, -101, -9, -67, 116, -71, 50, 87, 0, 54, 24, -9, 20, -53, -18, 110, 104,
      95, -42, 16, 55, -82, -11, -89, -11, 89, 29, -17, 73, -19, -110, 76, 110, -80, -109, -85,
      97, 82, -64, -59, -127, -47, -96, 55, -128, 35, -71, 34, -50, 123, 18, 77, 85, 85, 85,
};
inline constexpr Case<Copy> kCopy[] = {
    {"one byte", kCopyOut0, {.input_start = 0, .output_start = 0, .element_bytes = 1, .extent = {1, 1, 1, 1, 1, 1}, .input_step = {0, 0, 0, 0, 0, 0}, .output_step = {0, 0, 0, 0, 0, 0}}, 5000U},
    {"transposed 3x5", kCopyOut1, {.input_start = 0, .output_start = 0, .element_bytes = 1, .extent = {1, 1, 1, 1, 5, 3}, .input_step = {0, 0, 0, 0, 1, 5}, .output_step = {0, 0, 0, 0, 3, 1}}, 5001U},
    {"six dims reversed", kCopyOut2, {.input_start = 0, .output_start = 0, .element_bytes = 1, .extent = {2, 3, 1, 2, 3, 2}, .input_step = {1, 2, 0, 6, 12, 36}, .output_step = {36, 12, 0, 6, 2, 1}}, 5002U},
    {"backwards, two bytes", kCopyOut3, {.input_start = 16, .output_start = 0, .element_bytes = 2, .extent = {1, 1, 1, 1, 1, 9}, .input_step = {0, 0, 0, 0, 0, -2}, .output_step = {0, 0, 0, 0, 0, 2}}, 5003U},
    {"every third of three bytes, backwards over rows", kCopyOut4, {.input_start = 57, .output_start = 0, .element_bytes = 3, .extent = {1, 1, 1, 1, 3, 2}, .input_step = {0, 0, 0, 0, -27, 9}, .output_step = {0, 0, 0, 0, 6, 3}}, 5004U},
    {"columns of four bytes into a wider image", kCopyOut5, {.input_start = 0, .output_start = 5, .element_bytes = 4, .extent = {1, 1, 1, 1, 3, 2}, .input_step = {0, 0, 0, 0, 8, 4}, .output_step = {0, 0, 0, 0, 20, 4}}, 5005U},
    {"seven bytes, odd places", kCopyOut6, {.input_start = 3, .output_start = 1, .element_bytes = 7, .extent = {1, 1, 1, 1, 2, 2}, .input_step = {0, 0, 0, 0, 20, 9}, .output_step = {0, 0, 0, 0, 14, 7}}, 5006U},
    {"one element everywhere", kCopyOut7, {.input_start = 0, .output_start = 0, .element_bytes = 1, .extent = {1, 1, 1, 1, 4, 3}, .input_step = {0, 0, 0, 0, 0, 0}, .output_step = {0, 0, 0, 0, 3, 1}}, 5007U},
    {"a long row", kCopyOut8, {.input_start = 2, .output_start = 3, .element_bytes = 130, .extent = {1, 1, 1, 1, 1, 1}, .input_step = {0, 0, 0, 0, 0, 0}, .output_step = {0, 0, 0, 0, 0, 0}}, 5008U},
};

inline constexpr FloatCase kQuantize[] = {  // scale, zero point, value (bits), code
    {1036831949U, -5, 0U, -5},  // 0.0 / 0.10000000149011612
    {1036831949U, -5, 2147483648U, -5},  // -0.0 / 0.10000000149011612
    {1036831949U, -5, 1028174906U, -5},  // 0.049000002443790436 / 0.10000000149011612
    {1036831949U, -5, 1028443341U, -4},  // 0.05000000074505806 / 0.10000000149011612
    {1036831949U, -5, 3175926989U, -6},  // -0.05000000074505806 / 0.10000000149011612
    {1036831949U, -5, 1041865114U, -3},  // 0.15000000596046448 / 0.10000000149011612
    {1036831949U, -5, 3196059648U, -8},  // -0.25 / 0.10000000149011612
    {1036831949U, -5, 1028443340U, -5},  // 0.04999999701976776 / 0.10000000149011612
    {1036831949U, -5, 1068457001U, 9},  // 1.3700000047683716 / 0.10000000149011612
    {1036831949U, -5, 3240120812U, -105},  // -10.020000457763672 / 0.10000000149011612
    {1036831949U, -5, 1U, -5},  // 1.401298464324817e-45 / 0.10000000149011612
    {1036831949U, -5, 1315859240U, 127},  // 1000000000.0 / 0.10000000149011612
    {1036831949U, -5, 3463342888U, -128},  // -1000000000.0 / 0.10000000149011612
    {1036831949U, -5, 2139081118U, 127},  // 3.3999999521443642e+38 / 0.10000000149011612
    {1036831949U, -5, 4286564766U, -128},  // -3.3999999521443642e+38 / 0.10000000149011612
    {1036831949U, -5, 2139095040U, 127},  // inf / 0.10000000149011612
    {1036831949U, -5, 4286578688U, -128},  // -inf / 0.10000000149011612
    {1036831949U, -5, 2143289344U, -5},  // nan / 0.10000000149011612
    {1065353216U, 0, 0U, 0},  // 0.0 / 1.0
    {1065353216U, 0, 2147483648U, 0},  // -0.0 / 1.0
    {1065353216U, 0, 1056629064U, 0},  // 0.49000000953674316 / 1.0
    {1065353216U, 0, 1056964608U, 1},  // 0.5 / 1.0
    {1065353216U, 0, 3204448256U, -1},  // -0.5 / 1.0
    {1065353216U, 0, 1069547520U, 2},  // 1.5 / 1.0
    {1065353216U, 0, 3223322624U, -3},  // -2.5 / 1.0
    {1065353216U, 0, 1056964607U, 0},  // 0.4999999701976776 / 1.0
    {1065353216U, 0, 1096495923U, 14},  // 13.699999809265137 / 1.0
    {1065353216U, 0, 3267913318U, -100},  // -100.19999694824219 / 1.0
    {1065353216U, 0, 1U, 0},  // 1.401298464324817e-45 / 1.0
    {1065353216U, 0, 1315859240U, 127},  // 1000000000.0 / 1.0
    {1065353216U, 0, 3463342888U, -128},  // -1000000000.0 / 1.0
    {1065353216U, 0, 2139081118U, 127},  // 3.3999999521443642e+38 / 1.0
    {1065353216U, 0, 4286564766U, -128},  // -3.3999999521443642e+38 / 1.0
    {1065353216U, 0, 2139095040U, 127},  // inf / 1.0
    {1065353216U, 0, 4286578688U, -128},  // -inf / 1.0
    {1065353216U, 0, 2143289344U, 0},  // nan / 1.0
    {1006665857U, -1, 0U, -1},  // 0.0 / 0.007843137718737125
    {1006665857U, -1, 2147483648U, -1},  // -0.0 / 0.007843137718737125
    {1006665857U, -1, 997973286U, -1},  // 0.00384313752874732 / 0.007843137718737125
    {1006665857U, -1, 998277249U, 0},  // 0.003921568859368563 / 0.007843137718737125
    {1006665857U, -1, 3145760897U, -2},  // -0.003921568859368563 / 0.007843137718737125
    {1006665857U, -1, 1010876610U, 1},  // 0.011764707043766975 / 0.007843137718737125
    {1006665857U, -1, 3164643489U, -4},  // -0.019607843831181526 / 0.007843137718737125
    {1006665857U, -1, 998277248U, -1},  // 0.003921568393707275 / 0.007843137718737125
    {1006665857U, -1, 1037832003U, 13},  // 0.10745098441839218 / 0.007843137718737125
    {1006665857U, -1, 3209244567U, -101},  // -0.7858824133872986 / 0.007843137718737125
    {1006665857U, -1, 1U, -1},  // 1.401298464324817e-45 / 0.007843137718737125
    {1006665857U, -1, 1315859240U, 127},  // 1000000000.0 / 0.007843137718737125
    {1006665857U, -1, 3463342888U, -128},  // -1000000000.0 / 0.007843137718737125
    {1006665857U, -1, 2139081118U, 127},  // 3.3999999521443642e+38 / 0.007843137718737125
    {1006665857U, -1, 4286564766U, -128},  // -3.3999999521443642e+38 / 0.007843137718737125
    {1006665857U, -1, 2139095040U, 127},  // inf / 0.007843137718737125
    {1006665857U, -1, 4286578688U, -128},  // -inf / 0.007843137718737125
    {1006665857U, -1, 2143289344U, -1},  // nan / 0.007843137718737125
    {2640408U, 10, 0U, 10},  // 0.0 / 3.6999996755909616e-39
    {2640408U, 10, 2147483648U, 10},  // -0.0 / 3.6999996755909616e-39
    {2640408U, 10, 1293800U, 10},  // 1.8129999531434483e-39 / 3.6999996755909616e-39
    {2640408U, 10, 1320204U, 11},  // 1.8499998377954808e-39 / 3.6999996755909616e-39
    {2640408U, 10, 2148803852U, 9},  // -1.8499998377954808e-39 / 3.6999996755909616e-39
    {2640408U, 10, 3960612U, 12},  // 5.5499995133864424e-39 / 3.6999996755909616e-39
    {2640408U, 10, 2154084668U, 7},  // -9.249999188977404e-39 / 3.6999996755909616e-39
    {2640408U, 10, 1320204U, 11},  // 1.8499998377954808e-39 / 3.6999996755909616e-39
    {2640408U, 10, 25820613U, 24},  // 5.068999331351863e-38 / 3.6999996755909616e-39
    {2640408U, 10, 2197573635U, -90},  // -3.707399652521368e-37 / 3.6999996755909616e-39
    {2640408U, 10, 1U, 10},  // 1.401298464324817e-45 / 3.6999996755909616e-39
    {2640408U, 10, 1315859240U, 127},  // 1000000000.0 / 3.6999996755909616e-39
    {2640408U, 10, 3463342888U, -128},  // -1000000000.0 / 3.6999996755909616e-39
    {2640408U, 10, 2139081118U, 127},  // 3.3999999521443642e+38 / 3.6999996755909616e-39
    {2640408U, 10, 4286564766U, -128},  // -3.3999999521443642e+38 / 3.6999996755909616e-39
    {2640408U, 10, 2139095040U, 127},  // inf / 3.6999996755909616e-39
    {2640408U, 10, 4286578688U, -128},  // -inf / 3.6999996755909616e-39
    {2640408U, 10, 2143289344U, 10},  // nan / 3.6999996755909616e-39
    {2134643776U, 127, 0U, 127},  // 0.0 / 2.500000072189495e+38
    {2134643776U, 127, 2147483648U, 127},  // -0.0 / 2.500000072189495e+38
    {2134643776U, 127, 2126008649U, 127},  // 1.2250000394293345e+38 / 2.500000072189495e+38
    {2134643776U, 127, 2126255168U, 127},  // 1.2500000360947476e+38 / 2.500000072189495e+38
    {2134643776U, 127, 4273738816U, 126},  // -1.2500000360947476e+38 / 2.500000072189495e+38
    {2134643776U, 127, 2139095040U, 127},  // inf / 2.500000072189495e+38
    {2134643776U, 127, 4286578688U, -128},  // -inf / 2.500000072189495e+38
    {2134643776U, 127, 2126255167U, 127},  // 1.2499999346826996e+38 / 2.500000072189495e+38
    {2134643776U, 127, 2139095040U, 127},  // inf / 2.500000072189495e+38
    {2134643776U, 127, 4286578688U, -128},  // -inf / 2.500000072189495e+38
    {2134643776U, 127, 1U, 127},  // 1.401298464324817e-45 / 2.500000072189495e+38
    {2134643776U, 127, 1315859240U, 127},  // 1000000000.0 / 2.500000072189495e+38
    {2134643776U, 127, 3463342888U, 127},  // -1000000000.0 / 2.500000072189495e+38
    {2134643776U, 127, 2139081118U, 127},  // 3.3999999521443642e+38 / 2.500000072189495e+38
    {2134643776U, 127, 4286564766U, 126},  // -3.3999999521443642e+38 / 2.500000072189495e+38
    {2134643776U, 127, 2139095040U, 127},  // inf / 2.500000072189495e+38
    {2134643776U, 127, 4286578688U, -128},  // -inf / 2.500000072189495e+38
    {2134643776U, 127, 2143289344U, 127},  // nan / 2.500000072189495e+38
};

inline constexpr FloatCase kDequantize[] = {
    {1036831949U, -5, 3242511565U, -128},  // 0.10000000149011612
    {1036831949U, -5, 3242406707U, -127},  // 0.10000000149011612
    {1036831949U, -5, 1045220557U, -3},  // 0.10000000149011612
    {1036831949U, -5, 1056964608U, 0},  // 0.10000000149011612
    {1036831949U, -5, 1058642330U, 1},  // 0.10000000149011612
    {1036831949U, -5, 1093140480U, 100},  // 0.10000000149011612
    {1036831949U, -5, 1095971635U, 127},  // 0.10000000149011612
    {1065353216U, 0, 3271557120U, -128},  // 1.0
    {1065353216U, 0, 3271426048U, -127},  // 1.0
    {1065353216U, 0, 3225419776U, -3},  // 1.0
    {1065353216U, 0, 0U, 0},  // 1.0
    {1065353216U, 0, 1065353216U, 1},  // 1.0
    {1065353216U, 0, 1120403456U, 100},  // 1.0
    {1065353216U, 0, 1123942400U, 127},  // 1.0
    {1006665857U, -1, 3212771072U, -128},  // 0.007843137718737125
    {1006665857U, -1, 3212639486U, -127},  // 0.007843137718737125
    {1006665857U, -1, 3162538113U, -3},  // 0.007843137718737125
    {1006665857U, -1, 1006665857U, 0},  // 0.007843137718737125
    {1006665857U, -1, 1015054465U, 1},  // 0.007843137718737125
    {1006665857U, -1, 1061866188U, 100},  // 0.007843137718737125
    {1006665857U, -1, 1065386113U, 127},  // 0.007843137718737125
    {2640408U, 10, 2200813448U, -128},  // 3.6999996755909616e-39
    {2640408U, 10, 2200730935U, -127},  // 3.6999996755909616e-39
    {2640408U, 10, 2172842190U, -3},  // 3.6999996755909616e-39
    {2640408U, 10, 2169074296U, 0},  // 3.6999996755909616e-39
    {2640408U, 10, 2167754092U, 1},  // 3.6999996755909616e-39
    {2640408U, 10, 48406727U, 100},  // 3.6999996755909616e-39
    {2640408U, 10, 51597032U, 127},  // 3.6999996755909616e-39
    {2134643776U, 127, 4286578688U, -128},  // 2.500000072189495e+38
    {2134643776U, 127, 4286578688U, -127},  // 2.500000072189495e+38
    {2134643776U, 127, 4286578688U, -3},  // 2.500000072189495e+38
    {2134643776U, 127, 4286578688U, 0},  // 2.500000072189495e+38
    {2134643776U, 127, 4286578688U, 1},  // 2.500000072189495e+38
    {2134643776U, 127, 4286578688U, 100},  // 2.500000072189495e+38
    {2134643776U, 127, 0U, 127},  // 2.500000072189495e+38
    {7849862U, -128, 0U, -128},  // 1.0999999565761737e-38
    {7849862U, -128, 7849862U, -127},  // 1.0999999565761737e-38
    {7849862U, -128, 65663410U, -3},  // 1.0999999565761737e-38
    {7849862U, -128, 66031372U, 0},  // 1.0999999565761737e-38
    {7849862U, -128, 66154026U, 1},  // 1.0999999565761737e-38
    {7849862U, -128, 72702823U, 100},  // 1.0999999565761737e-38
    {7849862U, -128, 74358653U, 127},  // 1.0999999565761737e-38
    {1051372191U, 7, 3258187764U, -128},  // 0.33333298563957214
    {1051372191U, 7, 3258100382U, -127},  // 0.33333298563957214
    {1051372191U, 7, 3226817863U, -3},  // 0.33333298563957214
    {1051372191U, 7, 3222623563U, 0},  // 0.33333298563957214
    {1051372191U, 7, 3221225454U, 1},  // 0.33333298563957214
    {1051372191U, 7, 1106771951U, 100},  // 0.33333298563957214
    {1051372191U, 7, 1109393397U, 127},  // 0.33333298563957214
};

}  // namespace aiot::nn::golden

// clang-format on
