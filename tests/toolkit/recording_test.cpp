// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/recording.hpp"

#include <bit>
#include <cstring>
#include <string>
#include <vector>

#include "tests/support/temp_dir.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

using test::TempDir;

void put16(std::string& out, std::uint32_t value) {
  out += static_cast<char>(value & 0xFFU);
  out += static_cast<char>(value >> 8U & 0xFFU);
}

void put32(std::string& out, std::uint32_t value) {
  put16(out, value & 0xFFFFU);
  put16(out, value >> 16U);
}

struct Wav {
  std::uint32_t format = 1;
  std::uint32_t channels = 1;
  std::uint32_t rate = 12000;
  std::uint32_t bits = 16;
  std::string data = {};
};

std::string wav_bytes(const Wav& wav) {
  std::string out = "RIFF";
  put32(out, static_cast<std::uint32_t>(36 + wav.data.size()));
  out += "WAVEfmt ";
  put32(out, 16);
  put16(out, wav.format);
  put16(out, wav.channels);
  put32(out, wav.rate);
  put32(out, wav.rate * wav.channels * wav.bits / 8);
  put16(out, wav.channels * wav.bits / 8);
  put16(out, wav.bits);
  out += "data";
  put32(out, static_cast<std::uint32_t>(wav.data.size()));
  return out + wav.data;
}

std::string pcm16(const std::vector<int>& codes) {
  std::string out;
  for (const int code : codes) {
    put16(out, static_cast<std::uint32_t>(code) & 0xFFFFU);
  }
  return out;
}

std::string float32(const std::vector<float>& values) {
  std::string out;
  for (const float value : values) {
    put32(out, std::bit_cast<std::uint32_t>(value));
  }
  return out;
}

Bytes bytes_of(const std::string& text) {
  return as_bytes(text.data(), text.size());
}

Loaded<Recording> wav(const std::string& file, const LoadOptions& options) {
  return parse_wav(bytes_of(file), "a.wav", options);
}

Loaded<Recording> csv(const std::string& text, const LoadOptions& options) {
  return parse_csv(text, "a.csv", options);
}

/// The problem's text; empty after a success.
std::string problem(const Loaded<Recording>& loaded) {
  return loaded.ok() ? std::string() : loaded.problem().text;
}

bool says(const Loaded<Recording>& loaded, const std::string& words) {
  return problem(loaded).find(words) != std::string::npos;
}

using Codes = std::vector<std::int16_t>;

TEST(RecordingWav, KeepsSixteenBitCodes) {
  const auto loaded = wav(wav_bytes({.data = pcm16({0, 1, -2, 32767, -32768})}), {});
  ASSERT_TRUE(loaded.ok()) << problem(loaded);
  EXPECT_EQ(loaded->samples, (Codes{0, 1, -2, 32767, -32768}));
  EXPECT_EQ(loaded->rate_hz, 12000.0);
  EXPECT_EQ(loaded->scale, kStandardGravity / 32768.0);
}

TEST(RecordingWav, TakesFullScaleFromTheCaller) {
  LoadOptions options;
  options.full_scale = 160.0;
  const auto loaded = wav(wav_bytes({.data = pcm16({100, -100})}), options);
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->scale, 160.0 / 32768.0);
}

TEST(RecordingWav, ReadsTwentyFourBits) {
  // 0x000001 and -1: the step of 24 bits is recovered, so nothing is lost.
  const auto loaded = wav(
      wav_bytes({.bits = 24, .data = std::string("\x01\x00\x00\xFF\xFF\xFF\x03\x00\x00", 9)}), {});
  ASSERT_TRUE(loaded.ok()) << problem(loaded);
  EXPECT_EQ(loaded->samples, (Codes{1, -1, 3}));
  EXPECT_NEAR(loaded->scale, kStandardGravity / 8388608.0, 1e-12);
}

TEST(RecordingWav, ReadsFloatsAndChoosesAChannel) {
  const std::string file =
      wav_bytes({.format = 3, .channels = 2, .bits = 32, .data = float32({0, 0.5F, 0, -0.25F})});
  LoadOptions second;
  second.channel = "2";
  const auto loaded = wav(file, second);
  ASSERT_TRUE(loaded.ok()) << problem(loaded);
  EXPECT_EQ(loaded->samples, (Codes{2, -1}));
  EXPECT_EQ(loaded->scale, 0.25 * kStandardGravity);
  EXPECT_EQ(wav(file, {})->samples, (Codes{0, 0}));
}

TEST(RecordingWav, MakesAxesOfSeveralChannels) {
  LoadOptions both;
  both.channel = "2,1";
  const auto loaded = wav(wav_bytes({.channels = 2, .data = pcm16({1, 2, 3, 4})}), both);
  ASSERT_TRUE(loaded.ok()) << problem(loaded);
  EXPECT_EQ(loaded->axes, 2U);
  EXPECT_EQ(loaded->samples, (Codes{2, 1, 4, 3}));
}

TEST(RecordingWav, SaysWhatIsWrong) {
  const std::string good = wav_bytes({.data = pcm16({1, 2, 3})});
  EXPECT_TRUE(says(wav("", {}), "is not a WAV file"));
  EXPECT_TRUE(says(wav("RIFF", {}), "is not a WAV file"));
  EXPECT_TRUE(says(wav(good.substr(0, 40), {}), "ends before its samples"));
  EXPECT_TRUE(says(wav(good.substr(0, good.size() - 2), {}), "cut off"));
  EXPECT_TRUE(says(wav(wav_bytes({.data = "abc"}), {}), "within a frame"));
  EXPECT_TRUE(says(wav(wav_bytes({.format = 7, .bits = 8}), {}), "is not read"));
  EXPECT_TRUE(says(wav(wav_bytes({.channels = 0}), {}), "contradict"));
  LoadOptions third;
  third.channel = "3";
  EXPECT_TRUE(says(wav(good, third), "no channel '3'"));
  LoadOptions axes;
  axes.axes = 3;
  EXPECT_TRUE(says(wav(good, axes), "3 are needed"));
}

TEST(RecordingWav, RefusesNotANumber) {
  const std::string file = wav_bytes(
      {.format = 3, .bits = 32, .data = float32({0.5F, std::bit_cast<float>(0x7FC00000U)})});
  EXPECT_TRUE(says(wav(file, {}), "frame 1 is not a finite number"));
}

TEST(RecordingWav, SurvivesEveryTruncationAndFlippedBit) {
  const std::string good = wav_bytes({.channels = 2, .data = pcm16({1, 2, 3, 4})});
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(wav(good.substr(0, size), {}).ok()) << size;
  }
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    (void)wav(bad, {}).ok();
  }
}

TEST(RecordingCsv, TakesRateAndUnitFromTheHeader) {
  const auto loaded = csv("time,ax (m/s2),ay (m/s2)\n0,0.5,9\n0.001,-1.0,9\n0.002,1.5,9\n", {});
  ASSERT_TRUE(loaded.ok()) << problem(loaded);
  EXPECT_EQ(loaded->rate_hz, 1000.0);
  EXPECT_EQ(loaded->samples, (Codes{1, -2, 3}));
  EXPECT_NEAR(loaded->scale, 0.5, 1e-12);
}

TEST(RecordingCsv, ReadsWithoutHeaderInAnySeparator) {
  for (const std::string& text : {std::string("0.0;0,1\n0.1;0,2\n0.2;-0,1\n"),
                                  std::string("0.0\t0.1\n0.1\t0.2\n0.2\t-0.1\n"),
                                  std::string("0.0 0.1\r\n0.1  0.2\r\n0.2 -0.1\r\n"),
                                  std::string("# made by hand\n0.0,0.1\n0.1,0.2\n0.2,-0.1")}) {
    const auto loaded = csv(text, {});
    ASSERT_TRUE(loaded.ok()) << text << problem(loaded);
    EXPECT_EQ(loaded->samples, (Codes{1, 2, -1})) << text;
    EXPECT_NEAR(loaded->rate_hz, 10.0, 1e-9);
    EXPECT_NEAR(loaded->scale, 0.1 * kStandardGravity, 1e-9);
  }
}

TEST(RecordingCsv, ReadsOneColumnWithARate) {
  LoadOptions options;
  options.rate_hz = 8000.0;
  options.unit = AccelerationUnit::kMetrePerSecond2;
  const auto loaded = csv("0.25\n-0.5\n0.75\n", options);
  ASSERT_TRUE(loaded.ok()) << problem(loaded);
  EXPECT_EQ(loaded->rate_hz, 8000.0);
  EXPECT_EQ(loaded->samples, (Codes{1, -2, 3}));
  EXPECT_TRUE(says(csv("0.25\n-0.5\n0.75\n", {}), "set it with --rate"));
}

TEST(RecordingCsv, DoesNotTakeLineNumbersForTimes) {
  EXPECT_TRUE(says(csv("1,0.5\n2,0.25\n3,0.5\n", {}), "--rate"));
  LoadOptions options;
  options.rate_hz = 100.0;
  const auto loaded = csv("1,0.5\n2,0.25\n3,0.5\n", options);
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->samples, (Codes{2, 1, 2}));
}

TEST(RecordingCsv, KnowsTheTimeUnderAForeignName) {
  const auto in_ms = csv("Zeit (ms);a (m/s2)\n0,0;0,5\n0,5;-1\n1,0;1,5\n1,5;2\n", {});
  ASSERT_TRUE(in_ms.ok()) << problem(in_ms);
  EXPECT_EQ(in_ms->rate_hz, 2000.0);
  EXPECT_EQ(in_ms->axes, 1U);
  EXPECT_EQ(in_ms->samples, (Codes{1, -2, 3, 4}));
  const auto latin1 = csv("Zeit (ms);a (m/s\xB2)\n0;0,5\n1;-1\n2;1,5\n3;2\n", {});
  ASSERT_TRUE(latin1.ok()) << problem(latin1);
  EXPECT_NEAR(latin1->scale, 0.5, 1e-12);
  // Nor is it vibration when the rate is given.
  LoadOptions options;
  options.rate_hz = 1000.0;
  EXPECT_EQ(csv("Zeit,a\n0,0.5\n0.1,-1\n0.2,1.5\n0.3,2\n", options)->samples, (Codes{1, -2, 3, 4}));
}

TEST(RecordingCsv, TakesUnitsFromALineBelowTheNames) {
  const auto loaded = csv("time,ax\nms,m/s2\n0,0.5\n1,-1.0\n2,1.5\n", {});
  ASSERT_TRUE(loaded.ok()) << problem(loaded);
  EXPECT_EQ(loaded->rate_hz, 1000.0);
  EXPECT_EQ(loaded->samples, (Codes{1, -2, 3}));
  EXPECT_NEAR(loaded->scale, 0.5, 1e-12);
  EXPECT_EQ(csv("time,ax\n(ms),[m/s2]\n0,0.5\n1,-1.0\n2,1.5\n", {})->rate_hz, 1000.0);
  EXPECT_TRUE(says(csv("time,ax\ns,m/s2\n", {}), "holds no lines of samples"));
}

TEST(RecordingCsv, RefusesWhatIsNoAcceleration) {
  const std::string text = "t,v (mm/s)\n0,1\n0.1,2\n0.2,1\n";
  EXPECT_TRUE(says(csv(text, {}), "unit 'mm/s' of column 'v (mm/s)' is not known"));
  LoadOptions options;
  options.unit = AccelerationUnit::kG;
  EXPECT_TRUE(csv(text, options).ok());
}

TEST(RecordingCsv, ChoosesColumnsByNameAndNumber) {
  const std::string text = "t,x,y,z\n0,1,2,3\n0.5,2,4,6\n1,1,2,9\n";
  LoadOptions by_name;
  by_name.channel = "Z,x";
  const auto named = csv(text, by_name);
  ASSERT_TRUE(named.ok()) << problem(named);
  EXPECT_EQ(named->axes, 2U);
  EXPECT_EQ(named->samples, (Codes{3, 1, 6, 2, 9, 1}));
  LoadOptions by_number;
  by_number.channel = "3";
  EXPECT_EQ(csv(text, by_number)->samples, (Codes{1, 2, 1}));
  LoadOptions unknown;
  unknown.channel = "w";
  EXPECT_TRUE(says(csv(text, unknown), "no column 'w'; choose --channel from t, x, y, z"));
}

TEST(RecordingCsv, FindsGapsInTheTime) {
  const auto loaded = csv("t,x\n0,1\n1,2\n2,3\n6,4\n7,5\n8,6\n9,7\n10,1\n11,2\n12,3\n13,1\n", {});
  ASSERT_TRUE(loaded.ok()) << problem(loaded);
  ASSERT_EQ(loaded->gaps.size(), 1U);
  EXPECT_EQ(loaded->gaps[0].frame, 3U);
  EXPECT_EQ(loaded->gaps[0].lost, 3U);
  EXPECT_EQ(loaded->stream_frames(), 14U);
}

/// 100 samples at 1000 Hz, then 100 at 770 Hz.
std::string two_rates() {
  std::string text = "t,x\n";
  double t = 0.0;
  for (int i = 0; i < 200; ++i) {
    text += std::to_string(t) + "," + std::to_string(i % 7) + "\n";
    t += i < 100 ? 0.001 : 0.0013;
  }
  return text;
}

TEST(RecordingCsv, NamesTheLine) {
  EXPECT_TRUE(says(csv("t,x\n0,1\n1,nan\n2,3\n", {}), "a.csv: line 3: 'nan' is not a finite"));
  EXPECT_TRUE(says(csv("t,x\n0,1\n1,1e999\n2,3\n", {}), "line 3"));
  EXPECT_TRUE(says(csv("t,x\n0,1\n\n1,inf\n2,3\n", {}), "line 4"));
  EXPECT_TRUE(says(csv("t,x\n0,1\n1,abc\n", {}), "line 3: 'abc' is not a number"));
  EXPECT_TRUE(says(csv("t,x\n0,1\n1,\n", {}), "line 3: a value is missing"));
  EXPECT_TRUE(says(csv("t,x\n0,1\n1,2,3\n", {}), "line 3: 3 columns"));
  EXPECT_TRUE(says(csv("t,x\n0,1\n0,2\n", {}), "line 3: the time does not rise"));
  EXPECT_TRUE(says(csv(two_rates(), {}), "the time does not grow evenly"));
  EXPECT_TRUE(says(csv("t,x\n0,1\n1,\"2\n", {}), "a quoted field does not end"));
}

TEST(RecordingCsv, SaysWhatIsMissing) {
  EXPECT_TRUE(says(csv("", {}), "is empty"));
  EXPECT_TRUE(says(csv("\n\n", {}), "is empty"));
  EXPECT_TRUE(says(csv("t,x\n", {}), "no lines of samples"));
  EXPECT_TRUE(says(csv("t,x\n0,1\n", {}), "one line of samples"));
  EXPECT_TRUE(says(csv("t\n0\n1\n2\n", {}), "no column of numbers"));
  EXPECT_TRUE(says(csv(std::string("a\0b", 3), {}), "is not text"));
}

TEST(RecordingQuantise, RecoversTheStepOfAConverter) {
  const double step = 0.000162435129741;
  std::vector<double> values;
  for (int i = -300; i <= 300; ++i) {
    values.push_back(step * ((i * 37) % 3001));
  }
  const Counts counts = quantise(values, 0.0);
  EXPECT_TRUE(counts.exact);
  EXPECT_NEAR(counts.step, step, 1e-9 * step);
  for (int i = -300; i <= 300; ++i) {
    EXPECT_EQ(counts.samples[static_cast<std::size_t>(i + 300)], (i * 37) % 3001);
  }
}

TEST(RecordingQuantise, ScalesWhatHasNoStepBelowSaturation) {
  const std::vector<double> values{0.1234567, -0.7654321, 0.3141592, 0.2718281, -0.5772156};
  const Counts counts = quantise(values, 0.0);
  EXPECT_FALSE(counts.exact);
  EXPECT_EQ(counts.samples[1], -32766);
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_NEAR(counts.samples[i] * counts.step, values[i], 0.51 * counts.step);
  }
}

TEST(RecordingQuantise, HoldsSilence) {
  const Counts counts = quantise(std::vector<double>(10, 0.0), 0.0);
  EXPECT_EQ(counts.samples, Codes(10, 0));
  EXPECT_GT(counts.step, 0.0);
}

TEST(RecordingReplay, RoundTripsSamplesAndGaps) {
  Recording recording;
  recording.rate_hz = 12800.0;
  recording.scale = 0.25;
  recording.axes = 2;
  for (int i = 0; i < 20000; ++i) {
    recording.samples.push_back(static_cast<std::int16_t>(i));
  }
  recording.gaps = {{.frame = 10, .lost = 7}, {.frame = 5000, .lost = 3'000'000'000}};
  const std::vector<std::byte> bytes = encode_replay(recording, 0);
  const auto loaded = parse_replay(bytes, "a.airs", {});
  ASSERT_TRUE(loaded.ok()) << problem(loaded);
  EXPECT_EQ(loaded->samples, recording.samples);
  EXPECT_EQ(loaded->rate_hz, 12800.0);
  EXPECT_EQ(loaded->scale, 0.25);
  ASSERT_EQ(loaded->gaps.size(), 2U);
  EXPECT_EQ(loaded->gaps[0].frame, 10U);
  EXPECT_EQ(loaded->gaps[0].lost, 7U);
  EXPECT_EQ(loaded->gaps[1].lost, 3'000'000'000U);
}

TEST(RecordingReplay, BeginsWhereTheStreamSays) {
  Recording recording;
  recording.rate_hz = 12800.0;
  recording.scale = 0.25;
  recording.axes = 2;
  recording.samples = {1, 2, 3, 4, 5, 6};
  recording.gaps = {{.frame = 0, .lost = 5'000'000'000}, {.frame = 2, .lost = 7}};
  const auto whole = parse_replay(encode_replay(recording, 0), "a.airs", {});
  ASSERT_TRUE(whole.ok()) << problem(whole);
  ASSERT_EQ(whole->gaps.size(), 2U);
  EXPECT_EQ(whole->gaps[0].frame, 0U);
  EXPECT_EQ(whole->gaps[0].lost, 5'000'000'000U);
  const auto rest = parse_replay(encode_replay(recording, 1), "a.airs", {});
  ASSERT_TRUE(rest.ok()) << problem(rest);
  EXPECT_EQ(rest->samples, (Codes{3, 4, 5, 6}));
  ASSERT_EQ(rest->gaps.size(), 2U);
  EXPECT_EQ(rest->gaps[0].lost, 5'000'000'001U) << "a frame keeps its place in time";
  EXPECT_EQ(rest->gaps[1].frame, 1U);
}

TEST(RecordingReplay, RefusesAnotherWidthAndABeginBeyond48Bits) {
  Recording recording;
  recording.rate_hz = 1000.0;
  recording.scale = 1.0;
  recording.samples = {1, 2, 3, 4};
  const std::vector<std::byte> good = encode_replay(recording, 0);
  std::vector<std::byte> bytes = good;
  bytes[7] = std::byte{12};
  EXPECT_TRUE(says(parse_replay(bytes, "a", {}), "another version"));
  bytes = good;
  bytes[22] = std::byte{1};
  EXPECT_TRUE(says(parse_replay(bytes, "a", {}), "2^48"));
  bytes[22] = std::byte{0};
  bytes[21] = std::byte{0xFF};
  EXPECT_TRUE(parse_replay(bytes, "a", {}).ok());
}

TEST(RecordingReplay, WritesTheBytesOfTheFormat) {
  Recording recording;
  recording.rate_hz = 1.0;
  recording.scale = 2.0;
  recording.samples = {1, -2, 3};
  recording.gaps = {{.frame = 1, .lost = 5}};
  const std::vector<std::byte> bytes = encode_replay(recording, 0);
  std::string expected = "AIRS";
  put16(expected, 1);
  expected += std::string("\x01\x10", 2);
  put32(expected, std::bit_cast<std::uint32_t>(1.0F));
  put32(expected, std::bit_cast<std::uint32_t>(2.0F));
  put32(expected, 0);
  put32(expected, 0);
  put32(expected, 0);  // nothing lost, one sample
  put32(expected, 1);
  put16(expected, 1);
  put32(expected, 5);  // five lost, two samples
  put32(expected, 2);
  put16(expected, 0xFFFE);
  put16(expected, 3);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), expected);
}

TEST(RecordingReplay, RefusesEveryTruncationWithinAChunk) {
  Recording recording;
  recording.rate_hz = 1000.0;
  recording.scale = 1.0;
  recording.samples = {1, 2, 3, 4};
  const std::vector<std::byte> bytes = encode_replay(recording, 0);
  for (std::size_t size = 25; size < bytes.size(); ++size) {
    EXPECT_TRUE(says(parse_replay(Bytes(bytes).first(size), "a", {}), "cut off")) << size;
  }
  EXPECT_TRUE(says(parse_replay(Bytes(bytes).first(23), "a", {}), "no AIRS header"));
}

constexpr const char* kHeader = "file,label,rpm,fs_hz,channel,scale_g_per_count,n_samples,note\n";

TEST(RecordingRaw, FindsItsRowBesideAndAbove) {
  const TempDir dir;
  dir.write("manifest.csv",
            std::string(kHeader) + "sub/a.s16,outer,1796,12000,DE,0.5,3,\"one, two\"\n");
  const std::string file = dir.write("sub/a.s16", pcm16({1, -2, 3}));
  const auto loaded = load_recording(file, {});
  ASSERT_TRUE(loaded.ok()) << problem(loaded);
  EXPECT_EQ(loaded->samples, (Codes{1, -2, 3}));
  EXPECT_EQ(loaded->rate_hz, 12000.0);
  EXPECT_EQ(loaded->scale, 0.5 * kStandardGravity);
  EXPECT_EQ(loaded->rpm, 1796.0);
  EXPECT_EQ(loaded->label, "outer");
}

TEST(RecordingRaw, TakesARowByNameAlone) {
  const TempDir dir;
  dir.write("manifest.csv", std::string(kHeader) + "elsewhere/a.s16,,,8000,,0.5,,\n");
  const auto loaded = load_recording(dir.write("a.s16", pcm16({1, 2})), {});
  ASSERT_TRUE(loaded.ok()) << problem(loaded);
  EXPECT_EQ(loaded->rate_hz, 8000.0);
  EXPECT_FALSE(loaded->rpm.has_value());
}

TEST(RecordingRaw, MakesGapsBetweenSnapshots) {
  const TempDir dir;
  dir.write("manifest.csv",
            std::string(kHeader) +
                "a.s16,,,100,,0.5,6,\"3 snapshots of 2 samples, one every 10 s (every 5th)\"\n");
  const auto loaded = load_recording(dir.write("a.s16", pcm16({1, 2, 3, 4, 5, 6})), {});
  ASSERT_TRUE(loaded.ok()) << problem(loaded);
  ASSERT_EQ(loaded->gaps.size(), 2U);
  EXPECT_EQ(loaded->gaps[0].frame, 2U);
  EXPECT_EQ(loaded->gaps[0].lost, 998U);
  EXPECT_EQ(loaded->gaps[1].frame, 4U);
}

TEST(RecordingRaw, ReadsWithoutAManifestWhenTold) {
  const TempDir dir;
  const std::string file = dir.write("a.s16", pcm16({1, 2}));
  EXPECT_TRUE(says(load_recording(file, {}), "no manifest.csv"));
  LoadOptions options;
  options.rate_hz = 1000.0;
  options.full_scale = 32768.0;
  const auto loaded = load_recording(file, options);
  ASSERT_TRUE(loaded.ok()) << problem(loaded);
  EXPECT_EQ(loaded->scale, 1.0);
}

/// What loading a file of two samples says when the manifest holds `rows`.
std::string with_manifest(const std::string& rows) {
  const TempDir dir;
  dir.write("manifest.csv", kHeader + rows);
  return problem(load_recording(dir.write("a.s16", pcm16({1, 2})), {}));
}

TEST(RecordingRaw, SaysWhatIsWrongWithTheManifest) {
  const auto contains = [](const std::string& text, const std::string& words) {
    return text.find(words) != std::string::npos;
  };
  EXPECT_TRUE(contains(with_manifest("a.s16,,,8000,,0.5,3,\n"), "announces 3 samples"));
  EXPECT_TRUE(contains(with_manifest("a.s16,,,,,0.5,2,\n"), "fs_hz is empty"));
  EXPECT_TRUE(contains(with_manifest("a.s16,,,8000,,,2,\n"), "scale_g_per_count is empty"));
  EXPECT_TRUE(contains(with_manifest("a.s16,,,-1,,0.5,2,\n"), "line 2: fs_hz '-1'"));
  EXPECT_TRUE(contains(with_manifest("a.s16,,nan,1,,0.5,2,\n"), "line 2: rpm 'nan'"));
  EXPECT_TRUE(contains(with_manifest("a.s16,,,1,,0.5,x,\n"), "n_samples 'x'"));
  EXPECT_TRUE(contains(with_manifest("a.s16,,,1\n"), "line 2: 4 fields"));
  EXPECT_TRUE(contains(with_manifest("a.s16,,,1,,1,2,\"x\n"), "quoted field does not end"));
  EXPECT_TRUE(contains(with_manifest("a.s16,,,1,,1,2,\na.s16,,,2,,1,2,\n"), "contradict"));
  EXPECT_TRUE(contains(with_manifest("a.s16,,,1,,1,2,5 snapshots of 7 samples\n"), "snapshots"));
  EXPECT_TRUE(contains(with_manifest("b.s16,,,1,,1,2,\n"), "no manifest.csv"));
}

TEST(RecordingFile, SaysWhatIsWrongWithTheFile) {
  const TempDir dir;
  EXPECT_TRUE(says(load_recording(dir / "none.wav", {}), "no such file"));
  EXPECT_TRUE(says(load_recording(dir.path(), {}), "kind of recording not known"));
  std::filesystem::create_directory(dir.path() / "d.wav");
  EXPECT_TRUE(says(load_recording(dir / "d.wav", {}), "is a directory"));
  for (const char* name : {"e.wav", "e.csv", "e.mat", "e.s16", "e.airs"}) {
    EXPECT_TRUE(says(load_recording(dir.write(name, ""), {}), "is empty")) << name;
  }
  EXPECT_TRUE(says(load_recording(dir.write("o.s16", "abc"), {}), "odd number of bytes"));
  EXPECT_TRUE(says(load_recording(dir.write("x.xyz", "abc"), {}), "kind of recording not known"));
  EXPECT_TRUE(
      says(load_recording(dir.write("1.wav", wav_bytes({.data = pcm16({1})})), {}), "one sample"));
  EXPECT_TRUE(says(load_recording(dir.write("0.wav", wav_bytes({.data = ""})), {}), "no samples"));
  EXPECT_TRUE(
      says(load_recording(dir.write("r.wav", wav_bytes({.rate = 0, .data = pcm16({1, 2})})), {}),
           "sample rate"));
}

}  // namespace
}  // namespace aiot::toolkit
