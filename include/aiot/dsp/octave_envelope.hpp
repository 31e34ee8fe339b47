// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/static_vector.hpp"
#include "aiot/dsp/spectrum.hpp"

namespace aiot::dsp {

inline constexpr std::size_t kMaxEnvelopeBands = 9;

struct FrequencyBand {
  float lo_hz = 0.0F;
  float hi_hz = 0.0F;
};

/// Where a bearing's impacts may ring: octaves in steps of half an octave, from 0.48 of the rate
/// down to 24 times the shaft (the first three whatever the shaft).
[[nodiscard]] StaticVector<FrequencyBand, kMaxEnvelopeBands> envelope_bands(
    float rate_hz, float shaft_hz) noexcept;

/// Bins of a frame of `length` samples that belong to `band`.
[[nodiscard]] BinRange envelope_bins(const FrequencyBand& band,
                                     float rate_hz,
                                     std::uint32_t length) noexcept;

/// Values that `whitened_envelope` makes of one frame, and their rate.
[[nodiscard]] std::size_t envelope_values(BinRange band) noexcept;
[[nodiscard]] float envelope_rate(BinRange band, float rate_hz, std::uint32_t length) noexcept;

/// Envelope of a band of one frame, decimated, whitened: every bin counts the same, whatever
/// resonance it sits on, so that neither a shaft line nor a resonance of the structure drowns the
/// rhythm of impacts. Only the middle half comes out: frames that overlap by half join to a stream
/// without the marks of their ends.
///   spectrum [n] as `rfft` packs it, contents lost;  out [envelope_values(band)]
/// The bins are set to magnitude 1 (those of no magnitude to 0), given raised-cosine ends of an
/// eighth each, and transformed back on the smallest power of two, at least 256 points.
/// Source: Sawalhi and Randall, Signal pre-whitening using cepstrum editing (CMMNO 2011): whitening
/// by the phase alone.
void whitened_envelope(std::span<float> spectrum, BinRange band, std::span<float> out) noexcept;

}  // namespace aiot::dsp
