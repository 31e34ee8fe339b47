// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// schema/record.cddl says what is sent: a reader of that file alone, in Python, accepts every
// record that we write and refuses what is none.

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "aiot/record/record.hpp"
#include "tests/record/examples.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/test.hpp"

namespace aiot::record {
namespace {

namespace fs = std::filesystem;

// A file of records that is gone when the test ends.
class RecordFile {
 public:
  RecordFile()
      : path_((fs::temp_directory_path() / ("aiot-cddl-" + std::to_string(::getpid()))).string()) {}

  ~RecordFile() { fs::remove(path_); }

  RecordFile(const RecordFile&) = delete;
  RecordFile& operator=(const RecordFile&) = delete;

  void add(Bytes record) {
    std::ofstream(path_, std::ios::binary | std::ios::app)
        .write(reinterpret_cast<const char*>(record.data()),
               static_cast<std::streamsize>(record.size()));
  }

  void clear() { fs::remove(path_); }

  [[nodiscard]] bool matches() const {
    const std::string root = AIOT_SOURCE_DIR;
    const std::string command = "python3 " + root + "/tests/record/cddl_check.py " + root +
                                "/schema/record.cddl " + path_ + " > /dev/null 2>&1";
    return std::system(command.c_str()) == 0;  // NOLINT(concurrency-mt-unsafe): one thread
  }

 private:
  std::string path_;
};

TEST(Cddl, MatchesWhatIsWritten) {
  sim::Random random(8610);
  RecordFile file;
  std::array<std::byte, 1024> buffer{};
  for (int i = 0; i < 300; ++i) {
    const AnyDecision any(random);
    file.add(*encode(any.record, buffer));
    const ContextRecord context{.id = any.record.context,
                                .stream = any.record.stream,
                                .sequence = any.record.sequence,
                                .start = any.record.sample,
                                .content = some_context(random)};
    file.add(*encode(context, buffer));
    const std::uint64_t first = random.next64() >> (1U + random.below(62));
    file.add(*encode(GapRecord{any.record.stream, first, first + random.below(1000)}, buffer));
    file.add(*encode(any_time(random), buffer));
  }
  EXPECT_TRUE(file.matches());
}

TEST(Cddl, AllowsWhatALaterVersionAdds) {
  RecordFile file;
  file.add(Hex<64>("8b 01 480102030405060708 00 05 00 f6 00 d85440 00 82 8203 18ff 04 a10102"));
  file.add(Hex<32>("86 02 f6 01 03 04 83010203"));
  file.add(Hex<64>("87 00 480102030405060708 00 00 00 a4 0001 0205 1863 820102 6178 f5 01"));
  file.add(Hex<32>("87 04 480102030405060708 01 09 1a00010000 80 f5"));
  file.add(Hex<32>("8a 03 480102030405060708 01 09 00 05 1901f4 02 00 a0"));
  EXPECT_TRUE(file.matches());
}

TEST(Cddl, RefusesWhatIsNoRecord) {
  constexpr std::string_view kWrong[] = {
      "00",
      "84 01 480102030405060708 00 00",                            // a decision without content
      "8a 01 4701020304050607 00 05 00 f6 00 d85440 00 80",        // a short id
      "8a 01 480102030405060708 03 05 00 f6 00 d85440 00 80",      // stream 3
      "8a 01 480102030405060708 00 20 00 f6 00 d85440 00 80",      // a negative sequence
      "8a 01 480102030405060708 00 05 00 18ff 00 d85440 00 80",    // class 255
      "8a 01 480102030405060708 00 05 00 f6 190100 d85440 00 80",  // confidence 256
      "8a 01 480102030405060708 00 05 00 f6 00 d85540 00 80",      // tag 85
      "8a 01 480102030405060708 00 05 00 f6 00 d85440 1b0000000100000000 80",  // wide flags
      "8a 01 480102030405060708 00 05 00 f6 00 d85440 00 8120",                // a negative reason
      "85 02 480102030405060708 00 05 06",                                     // a gap of a context
      "86 00 480102030405060708 00 00 00 a1 0205",                             // no version
      "86 00 480102030405060708 00 00 00 a2 0002 0205",                        // another version
      "86 00 480102030405060708 00 00 00 a3 0001 0101 0205",            // a device that is no text
      "86 00 480102030405060708 00 00 00 a3 0001 0205 0880",            // labels, but none
      "85 00 480102030405060708 00 00 a2 0001 0205",                    // no start
      "89 03 f6 01 09 00 05 1901f4 02 00",                              // a time of no context
      "88 03 480102030405060708 01 09 00 05 1901f4 02",                 // a time of no clock
      "89 03 480102030405060708 01 09 00 05 1b0000e677d21fdc00 02 00",  // the year 10000
      "89 03 480102030405060708 01 09 00 05 20 02 00",                  // before 1970
  };
  RecordFile file;
  for (const std::string_view digits : kWrong) {
    file.clear();
    file.add(Hex<64>(digits));
    EXPECT_FALSE(file.matches()) << digits;
  }
}

}  // namespace
}  // namespace aiot::record
