// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "aiot/dsp/envelope.hpp"
#include "aiot/dsp/fft.hpp"
#include "tests/golden/dsp_vectors.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp::golden {
namespace {

void run_hilbert_envelope(const Vectors& vectors, const Json& test) {
  const std::vector<float> in = vectors.floats(test, "in_x");
  std::vector<float> work(2 * in.size());
  std::vector<float> envelope(in.size());
  hilbert_envelope(in, 0.0F, work, envelope);
  expect_close(envelope, vectors.array(test, "out_env"));
}

TEST(GoldenDsp, HilbertEnvelope) {
  for_each_case("hilbert_envelope", run_hilbert_envelope);
}

void run_envelope_spectrum(const Vectors& vectors, const Json& test) {
  const std::vector<float> in = vectors.floats(test, "in_x");
  const auto rate = test.at("fs_hz").get<float>();
  const auto length = static_cast<std::uint32_t>(in.size());
  std::vector<float> spectrum(in.size());
  rfft(in, 0.0F, spectrum);
  const BinRange band = band_bins(
      length, rate, test.at("band_lo_hz").get<float>(), test.at("band_hi_hz").get<float>());
  std::vector<float> work(2 * in.size());
  std::vector<float> envelope(in.size());
  band_envelope(spectrum, band, EnvelopeKind::kMagnitude, work, envelope);
  const std::vector<double> expected = vectors.array(test, "out_env");
  expect_close(envelope, expected);

  std::vector<float> amplitudes(in.size());
  envelope_spectrum(envelope, amplitudes);
  amplitudes.resize(in.size() / 2 + 1);
  expect_close(amplitudes, vectors.array(test, "out_spec"));

  // The shortest envelope has the same values, at fewer places.
  const std::size_t points = envelope_points(band);
  ASSERT_LT(points, in.size());
  std::vector<float> decimated(points);
  band_envelope(
      spectrum, band, EnvelopeKind::kMagnitude, std::span{work}.first(2 * points), decimated);
  std::vector<double> expected_decimated(points);
  for (std::size_t i = 0; i < points; ++i) {
    expected_decimated[i] = expected[i * (in.size() / points)];
  }
  expect_close(decimated, expected_decimated);
}

TEST(GoldenDsp, EnvelopeSpectrum) {
  for_each_case("envelope_spectrum", run_envelope_spectrum);
}

}  // namespace
}  // namespace aiot::dsp::golden
