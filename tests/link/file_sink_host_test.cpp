// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "aiot/record/record.hpp"
#include "ports/linux/file_sink.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test.hpp"

namespace aiot::linux_port {
namespace {

namespace fs = std::filesystem;

// A folder that is gone when the test ends.
class Folder {
 public:
  [[nodiscard]] std::string file(const char* name) const { return dir_ / name; }

 private:
  test::TempDir dir_;
};

std::string content(const std::string& path) {
  std::ostringstream out;
  const std::ifstream in(path, std::ios::binary);
  if (fs::file_size(path) > 0) {
    out << in.rdbuf();
  }
  return out.str();
}

void write(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string record(std::uint64_t sequence) {
  std::array<std::byte, 64> buffer{};
  const Bytes bytes = *record::encode(
      record::GapRecord{.stream = Stream::kBulk, .first = sequence, .last = sequence + 1000},
      buffer);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

hal::Batch batch_of(const std::string& payload) {
  return {.stream = Stream::kBulk,
          .first = 3,
          .last = 4,
          .previous = {},
          .hash = {std::byte{9}},
          .payload = as_bytes(payload.data(), payload.size())};
}

TEST(FileSink, AppendsPayloadsAndAcknowledgesThem) {
  const Folder folder;
  const std::string path = folder.file("out.cbor");
  FileSink sink;
  EXPECT_EQ(sink.offer(batch_of("x")).error(), Error::kWrongState);
  ASSERT_TRUE(sink.open(path.c_str(), record::whole_records).ok());
  EXPECT_EQ(sink.poll().error(), Error::kEmpty);
  const std::string one = record(1);
  ASSERT_TRUE(sink.offer(batch_of(one)).ok());
  EXPECT_EQ(sink.offer(batch_of(one)).error(), Error::kWouldBlock) << "the answer waits";
  const Result<hal::BatchAck> ack = sink.poll();
  ASSERT_TRUE(ack.ok());
  EXPECT_EQ(ack->stream, Stream::kBulk);
  EXPECT_EQ(ack->last, 4U);
  EXPECT_TRUE(ack->hash == batch_of(one).hash);
  EXPECT_EQ(sink.poll().error(), Error::kEmpty);
  const std::string two = record(2);
  ASSERT_TRUE(sink.offer(batch_of(two)).ok());
  EXPECT_EQ(content(path), one + two);
}

TEST(FileSink, CutsATornTailToWholeRecords) {
  const Folder folder;
  const std::string path = folder.file("out.cbor");
  const std::string whole = record(1) + record(2);
  const std::string third = record(3);
  for (std::size_t torn = 0; torn < third.size(); ++torn) {
    write(path, whole + third.substr(0, torn));
    FileSink sink;
    ASSERT_TRUE(sink.open(path.c_str(), record::whole_records).ok());
    EXPECT_EQ(sink.repaired_bytes(), torn);
    ASSERT_TRUE(sink.offer(batch_of(third)).ok());
    EXPECT_EQ(content(path), whole + third);
  }
}

TEST(FileSink, RepairsAFileWhoseFirstRecordIsTorn) {
  const Folder folder;
  const std::string path = folder.file("out.cbor");
  write(path, record(1).substr(0, 4));
  FileSink sink;
  ASSERT_TRUE(sink.open(path.c_str(), record::whole_records).ok());
  EXPECT_EQ(sink.repaired_bytes(), 4U);
  EXPECT_EQ(content(path), "");
}

TEST(FileSink, FindsTheTailOfAFileOfManyPieces) {
  const Folder folder;
  const std::string path = folder.file("out.cbor");
  std::string whole;
  for (std::uint64_t i = 0; whole.size() < 3 * FileSink::kMaxTail; ++i) {
    whole += record(i);
  }
  write(path, whole + record(1).substr(0, 5));
  FileSink sink;
  ASSERT_TRUE(sink.open(path.c_str(), record::whole_records).ok());
  EXPECT_EQ(sink.repaired_bytes(), 5U);
  EXPECT_TRUE(content(path) == whole);
}

TEST(FileSink, LeavesFilesAloneThatHoldSomethingElse) {
  const Folder folder;
  const std::string path = folder.file("notes.txt");
  write(path, "dear diary");
  FileSink sink;
  EXPECT_EQ(sink.open(path.c_str(), record::whole_records).error(), Error::kCorrupt);
  EXPECT_EQ(content(path), "dear diary");
  EXPECT_EQ(sink.offer(batch_of("x")).error(), Error::kWrongState);

  const std::string mixed = record(1) + std::string(FileSink::kMaxTail, '\0');
  write(path, mixed);
  EXPECT_EQ(sink.open(path.c_str(), record::whole_records).error(), Error::kCorrupt);
  EXPECT_TRUE(content(path) == mixed) << "a tail that is longer than any batch";
}

// A byte that goes bad in the middle must not cost the acknowledged records behind it.
TEST(FileSink, LeavesADamagedFileAlone) {
  const Folder folder;
  const std::string path = folder.file("out.cbor");
  std::string whole;
  for (std::uint64_t i = 0; i < 40; ++i) {
    whole += record(1000 + i);
  }
  const std::size_t second = record(1000).size();
  int refused = 0;
  for (std::size_t at = second; at < 2 * second; ++at) {
    for (const int damage : {0x00, 0x5A, 0x9B, 0xBF, 0xFF}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damage);
      write(path, damaged);
      FileSink sink;
      const Status opened = sink.open(path.c_str(), record::whole_records);
      EXPECT_TRUE(opened.ok() || opened.error() == Error::kCorrupt);
      EXPECT_EQ(sink.repaired_bytes(), 0U) << at;
      EXPECT_TRUE(content(path) == damaged) << at << ": the file was changed";
      refused += opened.ok() ? 0 : 1;
    }
  }
  EXPECT_GT(refused, 20);
}

TEST(FileSink, LetsOnlyOneProcessIn) {
  const Folder folder;
  const std::string path = folder.file("out.cbor");
  FileSink first;
  FileSink second;
  ASSERT_TRUE(first.open(path.c_str(), record::whole_records).ok());
  EXPECT_EQ(second.open(path.c_str(), record::whole_records).error(), Error::kWrongState);
}

TEST(FileSink, SaysWhenAFileCanNotBeOpened) {
  const Folder folder;
  FileSink sink;
  const std::string missing = folder.file("missing/out.cbor");
  EXPECT_EQ(sink.open(missing.c_str(), record::whole_records).error(), Error::kIo);
  EXPECT_EQ(errno, ENOENT);
  EXPECT_EQ(sink.open(folder.file("").c_str(), record::whole_records).error(), Error::kIo);
}

TEST(FileSink, LeavesNoHalfBatchWhenTheDiskIsFull) {
  const Folder folder;
  const std::string path = folder.file("out.cbor");
  FileSink sink;
  ASSERT_TRUE(sink.open(path.c_str(), record::whole_records).ok());
  const std::string one = record(1);
  ASSERT_TRUE(sink.offer(batch_of(one)).ok());
  ASSERT_TRUE(sink.poll().ok());

  // A limit on the size of files does what a full disk does: the write ends in the middle.
  (void)std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{one.size() + 5, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_EQ(sink.offer(batch_of(record(2))).error(), Error::kIo);
  EXPECT_EQ(errno, EFBIG);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(content(path), one);
  EXPECT_EQ(sink.poll().error(), Error::kEmpty) << "nothing is acknowledged that is not there";
  ASSERT_TRUE(sink.offer(batch_of(record(2))).ok());
  EXPECT_EQ(content(path), one + record(2));
}

// A file in memory that can not be made shorter: a batch that fails half way can not be taken back.
TEST(FileSink, TakesNothingMoreWhenHalfABatchStays) {
  const int file = ::memfd_create("sink", MFD_ALLOW_SEALING);
  ASSERT_GE(file, 0);
  const std::string path = "/proc/self/fd/" + std::to_string(file);
  FileSink sink;
  ASSERT_TRUE(sink.open(path.c_str(), record::whole_records).ok());
  const std::string one = record(1);
  ASSERT_TRUE(sink.offer(batch_of(one)).ok());
  ASSERT_TRUE(sink.poll().ok());
  ASSERT_EQ(::fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK), 0);

  (void)std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{one.size() + 5, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_EQ(sink.offer(batch_of(record(2))).error(), Error::kIo);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(sink.offer(batch_of(record(3))).error(), Error::kIo) << "behind half a record";
    EXPECT_EQ(sink.poll().error(), Error::kEmpty);
  }
  EXPECT_EQ(fs::file_size(path), one.size() + 5);
  (void)::close(file);
}

TEST(FileSink, WaitsForAPipeThatIsFullButNotInTheWay) {
  for (const int mode : {0, O_NONBLOCK}) {
    int ends[2] = {};
    ASSERT_EQ(::pipe2(ends, mode), 0);
    FileSink sink;
    sink.attach(ends[1]);
    const std::string large(200'000, 'x');  // a pipe holds 65536 bytes
    const std::time_t start = std::time(nullptr);
    ASSERT_TRUE(sink.offer(batch_of(large)).ok());
    EXPECT_EQ(sink.poll().error(), Error::kEmpty) << "not acknowledged: half of it is here";
    EXPECT_EQ(sink.offer(batch_of("y")).error(), Error::kWouldBlock);
    EXPECT_LE(std::time(nullptr) - start, 5);
    std::string got;
    std::array<char, 10'000> piece{};
    bool acknowledged = false;
    while (got.size() < large.size()) {
      const ssize_t count = ::read(ends[0], piece.data(), piece.size());
      ASSERT_GT(count, 0);
      got.append(piece.data(), static_cast<std::size_t>(count));
      acknowledged = acknowledged || sink.poll().ok();
    }
    EXPECT_TRUE(acknowledged);
    EXPECT_TRUE(got == large) << "once, in order";
    EXPECT_TRUE(sink.offer(batch_of("y")).ok());
    EXPECT_TRUE(sink.poll().ok());
    (void)::close(ends[0]);
    (void)::close(ends[1]);
  }
}

TEST(FileSink, WritesToAPipe) {
  int ends[2] = {};
  ASSERT_EQ(::pipe(ends), 0);
  FileSink sink;
  sink.attach(ends[1]);
  ASSERT_TRUE(sink.offer(batch_of("abc")).ok());
  EXPECT_TRUE(sink.poll().ok());
  std::array<char, 8> got{};
  EXPECT_EQ(::read(ends[0], got.data(), got.size()), 3);
  EXPECT_EQ(std::string(got.data()), "abc");

  (void)std::signal(SIGPIPE, SIG_IGN);
  (void)::close(ends[0]);
  EXPECT_EQ(sink.offer(batch_of("abc")).error(), Error::kIo) << "nobody reads any more";
  EXPECT_EQ(errno, EPIPE);
  (void)::close(ends[1]);
}

}  // namespace
}  // namespace aiot::linux_port
