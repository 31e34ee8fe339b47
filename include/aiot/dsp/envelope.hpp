// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/dsp/spectrum.hpp"

namespace aiot::dsp {

/// Envelope of a block: magnitude of the analytic signal, by the transform of the whole block.
///   samples [n], a power of two 64..8192, `offset` is subtracted first;
///   work [2n], contents lost, no overlap with `samples`;  out [n], may be `samples`
/// Two transforms of n points. The block counts as periodic: where its ends do not fit together the
/// envelope of the first and last few samples is wrong.
/// Source: Marple, Computing the discrete-time analytic signal via FFT, IEEE Trans. SP 47 (1999).
void hilbert_envelope(std::span<const float> samples,
                      float offset,
                      std::span<float> work,
                      std::span<float> out) noexcept;

enum class EnvelopeKind : std::uint8_t {
  kMagnitude,
  kSquared,  ///< magnitude squared: no root, and band-limited to twice the band, so exact at
             ///< twice its bins
};

/// Points of the shortest envelope that holds a band: a power of two, at least 32 and at least its
/// bins.
[[nodiscard]] std::uint32_t envelope_points(BinRange band) noexcept;

/// Envelope of a band of a block, decimated in the same step: the band's bins of the block's
/// transform become a complex spectrum of m points around 0, and its inverse has the envelope as
/// magnitude. Brick-wall edges; value j is the envelope at sample j n / m of the block.
///   spectrum [n] as `rfft` packs it;  band not empty, within 1..n/2;
///   work [2m], contents lost;  out [m], m a power of two, envelope_points(band)..n
/// One complex transform of m points. The squared envelope of m >= 2 bins of the band has no
/// aliasing; the magnitude has a little at any m.
/// Source: Randall, Vibration-based Condition Monitoring (2011), 3.3: band-pass and decimation by
/// the transform.
void band_envelope(std::span<const float> spectrum,
                   BinRange band,
                   EnvelopeKind kind,
                   std::span<float> work,
                   std::span<float> out) noexcept;

/// Amplitude of what the envelope does by frequency: out[k] is the amplitude of a tone of k periods
/// in the block, mean removed, periodic Hann taper.
///   envelope [m], a power of two 64..8192;  out [m], of which the first m/2 + 1 values are the
///   result and the rest is scratch; must not overlap `envelope`
void envelope_spectrum(std::span<const float> envelope, std::span<float> out) noexcept;

/// A candidate for the band of an envelope and what was seen of it.
struct BandMoments {
  BinRange band{};
  float second = 0.0F;  ///< sum over blocks of the mean of |z|^2
  float fourth = 0.0F;  ///< sum over blocks of the mean of |z|^4
  std::uint32_t blocks = 0;
};

/// Bands of a transform of `length` samples: of each level from `first_level` to `last_level` the
/// 2^level equal parts of 0..rate/2, bin 0 left out. The grid of the kurtogram.
///   out [bands]; returns the bands written, 2^(last_level + 1) - 2^first_level
/// `first_level` <= `last_level` <= 7, at least two bins in a band, and room, or AIOT_CHECK.
/// Source: Antoni, Fast computation of the kurtogram, MSSP 21 (2007).
std::size_t make_band_grid(std::uint32_t length,
                           std::uint32_t first_level,
                           std::uint32_t last_level,
                           std::span<BandMoments> out) noexcept;

/// Adds the squared envelope of one block to every candidate: one short transform each. The block
/// gets a Hann taper, without which the jump from its end to its begin would be the sharpest shock
/// of all in a quiet band; the moments are corrected for it.
///   spectrum [n] as `rfft` packs it;  work [2m], m the largest envelope_points(band)
void add_block(std::span<const float> spectrum,
               std::span<BandMoments> bands,
               std::span<float> work) noexcept;

/// Kurtosis of the complex envelope of a band, <|z|^4> / <|z|^2>^2 - 2: 0 for stationary Gaussian
/// noise, -1 for a tone, large for a few shocks in much silence. 0 when nothing was added.
[[nodiscard]] float kurtosis_of(const BandMoments& moments) noexcept;

struct BandChoice {
  BinRange band{};
  float kurtosis = 0.0F;
};

/// The candidate that is most impulsive for its width: the largest kurtosis_of(b) * sqrt(values),
/// values = bins of the band times blocks, because by chance alone the kurtosis of noise is 3.2
/// / sqrt(values). An empty band when no candidate has a kurtosis above `least` times that chance;
/// 5 is a cautious value.
[[nodiscard]] BandChoice choose_band(std::span<const BandMoments> bands, float least) noexcept;

/// Adds one spectrum of `mean_square_spectrum` to the sums that `spectral_kurtosis` needs: all
/// spans [n/2 + 1].
void add_power(std::span<const float> mean_square,
               std::span<float> second,
               std::span<float> fourth) noexcept;

/// Spectral kurtosis of `blocks` >= 2 spectra, by bin, unbiased: 0 for stationary Gaussian noise,
/// -1 for a tone, positive where the level changes from block to block; its deviation in noise is
/// 2 / sqrt(blocks). Bins 0 and n/2, which are real, and bins without power get 0.
///   second, fourth: sums of `add_power`;  out of their size, may be one of them
/// Source: Antoni, The spectral kurtosis: a useful tool for characterising non-stationary signals,
/// MSSP 20 (2006), equation 40.
void spectral_kurtosis(std::span<const float> second,
                       std::span<const float> fourth,
                       std::uint32_t blocks,
                       std::span<float> out) noexcept;

/// The run of `width` bins with the largest mean of `kurtosis`, bin 0 left out, and that mean.
/// `width` at least 1 and below the number of values, or AIOT_CHECK.
[[nodiscard]] BandChoice choose_band(std::span<const float> kurtosis, std::uint32_t width) noexcept;

}  // namespace aiot::dsp
