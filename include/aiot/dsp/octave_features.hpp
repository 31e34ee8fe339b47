// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace aiot::dsp {

/// Octaves whose level is measured, and those of them whose envelope is looked at.
inline constexpr std::size_t kOctaves = 8;
inline constexpr std::size_t kEnvelopeOctaves = 4;

/// What a machine sounds like, in dB: the vector that commissioning learns and anomalies are
/// measured in. Relative to the sample rate, so one set serves every rate.
///   0..7   level of octave k: fs/2^(k+2) .. fs/2^(k+1); the last one is all below fs/256
///   8      kurtosis of the samples
///   9..12  kurtosis of the squared envelope of octave 0..3: impacts, before the samples show them
///   13     crest factor
/// A kurtosis is the ratio of the fourth moment to the squared second: 3 (4.8 dB) for Gaussian
/// noise in 8, 2 (3.0 dB) in 9..12.
inline constexpr std::size_t kOctaveFeatures = kOctaves + 1 + kEnvelopeOctaves + 1;

inline constexpr std::size_t kKurtosisFeature = kOctaves;
inline constexpr std::size_t kEnvelopeFeature = kOctaves + 1;
inline constexpr std::size_t kCrestFeature = kOctaveFeatures - 1;

/// Shortest window with a bin in every octave.
inline constexpr std::size_t kMinOctaveWindow = 1024;

/// Measures one window of one axis.
///   samples [n], n a power of two kMinOctaveWindow..kMaxFft, in m/s^2; their mean is subtracted
///   scratch [n], contents lost;  out [kOctaveFeatures], dB re 1 m/s^2 for levels
/// One real transform and four complex ones, together about as much again. Levels are mean squares
/// under a Hann taper corrected for its power; envelopes are tapered, transformed back and divided
/// by the taper in their middle half. Values below -300 dB are cut off there. Other sizes end in
/// AIOT_CHECK.
void octave_features(std::span<const float> samples,
                     std::span<float> scratch,
                     std::span<float> out) noexcept;

}  // namespace aiot::dsp
